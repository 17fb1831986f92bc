import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addArchive: AddCommand = (program, terminal) => {
  const command = program
    .command('archive')
    .description('Moves old messages from the message store into objects, from where they are read as before.')
    .requiredOption('--before <time>', 'what was written before: a UTC day, or an RFC 3339 time')
    .option('--json', 'print what was done as JSON')
    .action(async (options: { before: string; json?: boolean }) => {
      const { runArchive } = await import('../archive/run.ts');
      await runArchive(options, terminal);
    });
  withHelp(command, {
    examples: [['millrace archive --before 2020-01-01', 'now, whatever MILLRACE_ARCHIVE_AFTER_DAYS says', 'process']],
    exits: ['conflict', 'not_implemented', 'data_damaged', ...callErrors],
  });
};
