import { defaultTopologies } from '../../config/folders.ts';
import { type AddCommand, callErrors, withHelp } from '../command.ts';

export const addPlan: AddCommand = (program, terminal, done) => {
  const command = program
    .command('plan')
    .description('Shows in one diff what a deploy of topology files would change. Changes nothing.')
    .argument('[folder]', 'folder of topology files (default: those that come with Millrace)')
    .option('--detailed-exitcode', 'end with 2 where something would change')
    .option('--json', 'print the plan as JSON')
    .action(async (folder: string | undefined, options: { detailedExitcode?: boolean; json?: boolean }) => {
      const [{ fetchPlan }, { renderPlan }] = await Promise.all([
        import('../deploy/run.ts'),
        import('../deploy/render-plan.ts'),
      ]);
      const plan = await fetchPlan(folder ?? defaultTopologies, terminal);
      terminal.out(options.json ? JSON.stringify(plan, null, 2) : renderPlan(plan, terminal.color));
      if (plan.refusals.length > 0) done(6);
      else done(options.detailedExitcode && plan.steps.length > 0 ? 2 : 0);
    });
  withHelp(command, {
    examples: [
      ['millrace plan', 'the topologies that come with Millrace, against what runs', 'process'],
      ['millrace plan ./my-topologies --detailed-exitcode', 'for CI: 0 nothing to do, 2 changes'],
    ],
    exits: [...callErrors, 'topology_invalid', 'not_found', 'conflict'],
    means: { 2: 'Something would change (with --detailed-exitcode); wrong use' },
  });
};
