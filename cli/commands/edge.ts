import { type AddCommand, withHelp } from '../command.ts';

export const addEdge: AddCommand = (program, terminal) => {
  const command = program
    .command('edge')
    .description(
      'Serves clients, and runs no topologies: one of several gateways before the same engines. Each holds one of MILLRACE_GATEWAYS slots. Settings are environment variables: docs/configuration.md.',
    )
    .option('--json', 'print one line of JSON instead of text')
    .action(async (options: { json?: boolean }) => {
      const { runPart } = await import('../process/part.ts');
      await runPart({ edge: true, runs: [] }, options, terminal);
    });
  withHelp(command, {
    examples: [
      ['PORT=8081 MILLRACE_DATA_DIR=/var/lib/millrace/edge-1 millrace edge', 'one gateway of several', 'parsed'],
      ['MILLRACE_GATEWAYS=3 millrace edge', 'of at most three; the same for every process', 'parsed'],
    ],
    exits: [
      'config_invalid',
      'port_in_use',
      'data_folder_in_use',
      'data_folder_not_writable',
      'conflict',
      'unavailable',
    ],
  });
};
