import { defaultTopologies } from '../../config/folders.ts';
import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { DeployOptions } from '../deploy/run.ts';

export const addDeploy: AddCommand = (program, terminal) => {
  const command = program
    .command('deploy')
    .description('Puts topology files into force, and follows until every partition has gone over to its new version.')
    .argument('[folder]', 'folder of topology files (default: those that come with Millrace)')
    .option('--plan <id>', 'do exactly this plan, or nothing where the world has changed since')
    .option('--note <text>', 'why, for those who look later')
    .option('--yes', 'do not ask')
    .option('--json', 'print each step as a line of JSON')
    .action(async (folder: string | undefined, options: DeployOptions) => {
      const { runDeploy } = await import('../deploy/run.ts');
      await runDeploy(folder ?? defaultTopologies, options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace deploy --yes', 'the topologies that come with Millrace', 'process'],
      ['millrace deploy ./my-topologies --plan 8e6c9a0d2b41f7c5', 'what `millrace plan` showed, or nothing'],
    ],
    exits: [...callErrors, 'topology_invalid', 'not_found', 'conflict'],
  });
};
