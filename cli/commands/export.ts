import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { ExportOptions } from '../export/run.ts';

export const addExport: AddCommand = (program, terminal) => {
  const command = program
    .command('export')
    .description(
      'Writes a workspace as Slack exports one: people, channels, messages with threads and reactions. Public channels, unless --private.',
    )
    .argument('<file>', 'the zip to make')
    .requiredOption('--workspace <id>', 'workspace to export')
    .option('--private', 'private channels, groups and dms, too: whoever gets the file reads them')
    .option('--user <id>', 'one person’s own data: what they wrote, wherever, their reactions, and who they are')
    .option('--json', 'print the report as JSON')
    .action(async (file: string, options: ExportOptions) => {
      const { runExport } = await import('../export/run.ts');
      await runExport(file, options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace export demo.zip --workspace demo', 'of the process on ./.millrace, or its data', 'process'],
      ['millrace export all.zip --workspace demo --private', 'what was said in private, too', 'process'],
      ['millrace export alice.zip --workspace demo --user alice', 'what alice may ask for', 'process'],
      ['millrace import demo.zip --workspace other', 'all of it again, elsewhere'],
    ],
    exits: ['not_found', 'conflict', 'data_folder_in_use', ...callErrors],
  });
};
