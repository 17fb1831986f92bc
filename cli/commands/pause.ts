import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addPause: AddCommand = (program, terminal) => {
  const command = program
    .command('pause')
    .description('Holds a topology, or one node of it, until it is resumed; a restart does not end that.')
    .argument('<what>', 'topology, or topology/node')
    .option('--json', 'print the result as JSON')
    .action(async (what: string, { json = false }: { json?: boolean }) => {
      const { hold } = await import('../deploy/hold.ts');
      await hold('/pause', what, json, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace pause index', 'searches go on, over what is indexed', 'process'],
      ['millrace pause fan-out/typing', 'only what leads to this node', 'process'],
    ],
    exits: [...callErrors, 'not_found'],
  });
};
