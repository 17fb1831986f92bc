import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { ImportOptions } from '../import/run.ts';

export const addImport: AddCommand = (program, terminal, done) => {
  const command = program
    .command('import')
    .description(
      'Takes a Slack export into a workspace, through the same log as live messages. A second run adds nothing.',
    )
    .argument('<file>', 'the zip that Slack has made')
    .requiredOption('--workspace <id>', 'workspace to import into')
    .option(
      '--url <url>',
      'a running server; default: the process on the data folder, or none: the pipeline then runs here',
    )
    .option('--token <token>', 'an admin’s or owner’s token for --url')
    .option('--json', 'print the report as JSON')
    .action(async (file: string, options: ImportOptions) => {
      const { runImport } = await import('../import/run.ts');
      if (!(await runImport(file, options, terminal))) done(1);
    });
  withHelp(command, {
    examples: [
      ['millrace import export.zip --workspace demo', 'into the process on ./.millrace, or its data'],
      ['millrace import export.zip --workspace w --url https://chat.example.com --token …', 'into another server'],
    ],
    exits: ['export_invalid', 'not_found', 'unauthenticated', 'forbidden', 'data_folder_in_use', ...callErrors],
    means: { 1: 'Some of it was not taken' },
  });
};
