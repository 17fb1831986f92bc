import { type AddCommand, withHelp } from '../command.ts';

export const addRepartition: AddCommand = (program, terminal) => {
  const command = program
    .command('repartition')
    .description(
      'Moves a Millrace on Kafka that is stopped and drained to new topics with more partitions; the old ones stay as they are. Interrupted, it can be run again.',
    )
    .requiredOption('--partitions <count>', 'how many there shall be: more than MILLRACE_PARTITIONS, 1024 at most')
    .option('--json', 'print one line of JSON instead of what to do next')
    .action(async (options: { partitions: string; json?: boolean }) => {
      const { runRepartition } = await import('../repartition/run.ts');
      await runRepartition(options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace repartition --partitions 512', 'after edges, then workers, were stopped'],
      ['millrace repartition --partitions 512 --json', 'for a script'],
    ].map(([line, meaning]) => [line!, meaning!, 'parsed']),
    exits: ['config_invalid', 'data_folder_in_use', 'data_key_wrong', 'topology_invalid', 'conflict', 'unavailable'],
  });
};
