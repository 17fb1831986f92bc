import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { TapCommandOptions } from '../tap/run.ts';

export const addTap: AddCommand = (program, terminal) => {
  const command = program
    .command('tap')
    .description(
      'Shows records as they leave a node of the running process. It never holds the pipeline up: what comes too fast is dropped and counted. What it shows is private.',
    )
    .argument('<node>', 'as TOPOLOGY/NODE')
    .option('--output <name>', 'only what leaves by this output')
    .option('--where <expression>', 'CEL over value, key, schema, output, time, offset, partition; ids are strings')
    .option('--sample <share>', 'look at this share of the records only: 0.1')
    .option('--limit <count>', 'end after so many records')
    .option('--once', 'end after one record')
    .option('--for <duration>', 'end after so long: 10s')
    .option('--json', 'print each record as a line of JSON')
    .action(async (place: string, options: TapCommandOptions) => {
      const { runTap } = await import('../tap/run.ts');
      await runTap(place, options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace tap messages/sequence --for 1s', 'what the sequencer decides, for a second', 'process'],
      ['millrace tap messages/stored --output answers --limit 5', 'five answers to callers'],
      [
        `millrace tap messages/sequence --for 1s --where 'value.channel_id == "general"' --json`,
        'one channel, for a script',
        'process',
      ],
      ['millrace tap index/events --sample 0.1', 'a tenth of what is indexed'],
    ],
    exits: ['not_found', ...callErrors],
  });
};
