import { Option } from 'commander';
import { type AddCommand, withHelp } from '../command.ts';
import type { TokenOptions } from '../token/run.ts';

export const addToken: AddCommand = (program, terminal) => {
  const command = program
    .command('token')
    .description('Prints a token, signed with MILLRACE_JWT_SECRET or the data folder’s own secret.')
    .requiredOption('--user <id>', 'user id')
    .requiredOption('--workspace <id>', 'workspace id')
    .addOption(
      new Option('--role <role>', 'role in the workspace')
        .choices(['owner', 'admin', 'member', 'guest'])
        .default('member'),
    )
    .option('--name <name>', 'display name')
    .option('--for <duration>', 'how long it is valid: 1h, 7d', '7d')
    .option('--json', 'print it inside an object')
    .action(async (options: TokenOptions) => {
      const { runToken } = await import('../token/run.ts');
      await runToken(options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace token --user alice --workspace demo', 'a week for alice', 'process'],
      ['millrace token --user ops --workspace demo --role admin --for 1h', 'for an import', 'process'],
    ],
    exits: ['not_running', 'config_invalid'],
  });
};
