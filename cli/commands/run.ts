import { type AddCommand, withHelp } from '../command.ts';

export const addRun: AddCommand = (program, terminal) => {
  const command = program
    .command('run')
    .argument('[topologies...]', 'only these; default: all that are deployed')
    .description(
      'Runs topologies, and serves no clients: one of several workers on the same engines, which share out the partitions among themselves. Settings are environment variables: docs/configuration.md.',
    )
    .option('--json', 'print one line of JSON instead of text')
    .action(async (topologies: string[], options: { json?: boolean }) => {
      const { runPart } = await import('../process/part.ts');
      await runPart({ edge: false, runs: topologies.length > 0 ? topologies : 'all' }, options, terminal);
    });
  withHelp(command, {
    examples: [
      [
        'MILLRACE_DATA_DIR=/var/lib/millrace/worker-1 millrace run',
        'one worker of several, for all topologies',
        'parsed',
      ],
      ['millrace run messages fan-out', 'for these two; others must run the rest', 'parsed'],
      ['MILLRACE_DEPLOY=off millrace run', 'what is deployed; the folder of topologies is not looked at', 'parsed'],
    ],
    exits: [
      'config_invalid',
      'topology_invalid',
      'not_found',
      'data_folder_in_use',
      'data_folder_not_writable',
      'unavailable',
    ],
  });
};
