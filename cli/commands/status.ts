import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addStatus: AddCommand = (program, terminal, done) => {
  const command = program
    .command('status')
    .description('What the process on the data folder runs, and how far it is.')
    .option('--json', 'print everything as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const [{ fetchStatus, healthy }, { renderStatus }] = await Promise.all([
        import('../status/fetch.ts'),
        import('../status/render.ts'),
      ]);
      const status = await fetchStatus(terminal);
      terminal.out(json ? JSON.stringify(status, null, 2) : renderStatus(status, terminal.color));
      done(healthy(status) ? 0 : 1);
    });
  withHelp(command, {
    examples: [
      ['millrace status', 'the process on ./.millrace', 'process'],
      ['millrace status --json', 'for a script', 'process'],
      ['MILLRACE_DATA_DIR=/var/lib/millrace millrace status', 'the process on another data folder'],
    ],
    exits: callErrors,
    means: { 1: 'Something does not run' },
  });
};
