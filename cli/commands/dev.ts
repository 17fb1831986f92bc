import { type AddCommand, withHelp } from '../command.ts';

export const addDev: AddCommand = (program, terminal) => {
  const command = program
    .command('dev')
    .description(
      'Runs everything in one process: log, processors, stores, search, edge and web page. Settings are environment variables: docs/configuration.md.',
    )
    .option('--json', 'print one line of JSON instead of the welcome')
    .action(async (options: { json?: boolean }) => {
      const { runDev } = await import('../process/dev.ts');
      await runDev(options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace dev', 'on port 8080, data in ./.millrace'],
      ['PORT=0 MILLRACE_DATA_DIR=/tmp/m millrace dev', 'a free port, another folder'],
      ['MILLRACE_TOPOLOGIES=./topologies millrace dev', 'one’s own topologies'],
    ],
    exits: [
      'config_invalid',
      'topology_invalid',
      'not_found',
      'port_in_use',
      'data_folder_in_use',
      'data_folder_not_writable',
      'data_newer',
      'unavailable',
    ],
  });
};
