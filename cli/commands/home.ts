import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { HomeOptions } from '../home/run.ts';

export const addHome: AddCommand = (program, terminal) => {
  const command = program
    .command('home')
    .description('Tells which region is the home of a channel, which orders its messages, or moves it.')
    .requiredOption('--workspace <id>', 'the workspace')
    .requiredOption('--channel <id>', 'the channel')
    .option('--to <region>', 'number of the region that it moves to')
    .option('--force', 'take it here from a home that does not answer; what that one orders until it hears is kept')
    .option('--json', 'print the result as JSON')
    .action(async (options: HomeOptions) => {
      const { runHome } = await import('../home/run.ts');
      await runHome(options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace home --workspace demo --channel C1', 'where it is', 'parsed'],
      ['millrace home --workspace demo --channel C1 --to 2', 'from the region where it is', 'parsed'],
      ['millrace home --workspace demo --channel C1 --to 2 --force', 'in region 2, while region 1 is away', 'parsed'],
    ],
    exits: [...callErrors, 'not_found', 'conflict', 'invalid_request'],
  });
};
