import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addResume: AddCommand = (program, terminal) => {
  const command = program
    .command('resume')
    .description('Lets a topology or node that is held go on.')
    .argument('<what>', 'topology, or topology/node')
    .option('--json', 'print the result as JSON')
    .action(async (what: string, { json = false }: { json?: boolean }) => {
      const { hold } = await import('../deploy/hold.ts');
      await hold('/resume', what, json, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace resume index', 'goes on where it was held', 'process'],
      ['millrace resume fan-out/typing', 'one node of it', 'process'],
    ],
    exits: [...callErrors, 'not_found'],
  });
};
