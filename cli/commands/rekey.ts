import { type AddCommand, withHelp } from '../command.ts';

export const addRekey: AddCommand = (program, terminal) => {
  const command = program
    .command('rekey')
    .description('Copies the data folder of a process that is stopped to a new folder, under another encryption key.')
    .argument('<folder>', 'the new data folder')
    .option('--key-file <file>', 'holds the new key; without it the copy is not encrypted')
    .option('--json', 'print one line of JSON instead of what to do next')
    .action(async (folder: string, options: { keyFile?: string; json?: boolean }) => {
      const { runRekey } = await import('../rekey/run.ts');
      await runRekey(folder, options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace rekey ./new --key-file ./new-key', 'from MILLRACE_ENCRYPTION_KEY, or none, to that key'],
      ['millrace rekey ./plain', 'to none at all'],
    ],
    exits: ['config_invalid', 'data_folder_in_use', 'data_key_wrong', 'not_found', 'conflict'],
  });
};
