import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addSweep: AddCommand = (program, terminal) => {
  const command = program
    .command('sweep')
    .description('Takes what is no longer kept: messages past their retention, and people who are to be erased.')
    .option('--json', 'print what was done as JSON')
    .action(async (options: { json?: boolean }) => {
      const { runSweep } = await import('../sweep/run.ts');
      await runSweep(options, terminal);
    });
  withHelp(command, {
    examples: [['millrace sweep', 'now, and not only each MILLRACE_SWEEP_MINUTES', 'process']],
    exits: ['conflict', 'data_damaged', ...callErrors],
  });
};
