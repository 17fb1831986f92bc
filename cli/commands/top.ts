import { Option } from 'commander';
import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { TopOptions } from '../top/run.ts';

export const addTop: AddCommand = (program, terminal) => {
  const command = program
    .command('top')
    .description('What every node does, again each second: rates, times, batches, lag. q quits.')
    .addOption(
      new Option('--sort <column>', 'what stands first').choices(['rate', 'p99', 'lag', 'trouble']).default('rate'),
    )
    .option('--once', 'one look, then end')
    .option('--json', 'a line of JSON for each look')
    .action(async (options: TopOptions) => {
      const { runTop } = await import('../top/run.ts');
      await runTop(options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace top', 'live, on a terminal'],
      ['millrace top --once --sort lag', 'one look, what is behind first', 'process'],
      ['millrace top --once --json', 'for a script', 'process'],
    ],
    exits: callErrors,
  });
};
