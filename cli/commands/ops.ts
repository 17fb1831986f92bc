import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addOps: AddCommand = (program, terminal) => {
  const command = program
    .command('ops')
    .description('Prints the link to the operators’ page of the process on the data folder. It holds a secret.')
    .option('--json', 'print address and token as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const [{ fetchStatus }, { parseSettings }, { operatorToken }, { opsLink }] = await Promise.all([
        import('../status/fetch.ts'),
        import('../../config/parse.ts'),
        import('../../server/admin/operator-token.ts'),
        import('../ops-link.ts'),
      ]);
      const { operators_url: url } = await fetchStatus(terminal);
      const settings = parseSettings(terminal.env);
      const operators = { url, token: settings.ops_token ?? operatorToken(settings.data_dir) };
      terminal.out(json ? JSON.stringify({ ...operators, link: opsLink(operators) }) : opsLink(operators));
    });
  withHelp(command, {
    examples: [
      ['millrace ops', 'open what it prints in a browser', 'process'],
      ['millrace ops --json', 'for a script that calls the admin API over TCP', 'process'],
    ],
    exits: callErrors,
  });
};
