import { defaultTopologies } from '../../config/folders.ts';
import { type AddCommand, withHelp } from '../command.ts';

export const addLint: AddCommand = (program, terminal, done) => {
  const command = program
    .command('lint')
    .description('Checks topology files, all problems at once. Dials no server.')
    .argument('[folder]', 'folder of topology files (default: those that come with Millrace)')
    .option('--json', 'print the problems as JSON')
    .action(async (folder: string | undefined, { json }: { json?: boolean }) => {
      const at = folder ?? terminal.env['MILLRACE_TOPOLOGIES'] ?? defaultTopologies;
      const [{ loadProcessors }, { loadTopologies }, { renderProblem }] = await Promise.all([
        import('../../runtime/registry.ts'),
        import('../../runtime/topology/load.ts'),
        import('../../runtime/topology/problem.ts'),
      ]);
      const { problems, plans, sources } = loadTopologies(
        at,
        await loadProcessors(terminal.env['MILLRACE_PROCESSORS']),
        undefined,
        { all: true },
      );
      if (json) terminal.out(JSON.stringify({ problems }, null, 2));
      else if (plans)
        terminal.out(
          `${plans.topologies.length} topologies, ${plans.topologies.reduce((sum, plan) => sum + plan.nodes.length, 0)} nodes: no problems`,
        );
      else {
        for (const problem of problems)
          terminal.out(`${renderProblem(problem, sources.get(problem.file) ?? '', terminal.color)}\n`);
        terminal.err(
          `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; the rules are explained in docs/lint-rules.md`,
        );
      }
      done(plans ? 0 : 3);
    });
  withHelp(command, {
    examples: [
      ['millrace lint', 'the topologies that come with Millrace', 'nothing'],
      ['millrace lint ./topologies', 'a folder of one’s own', 'nothing'],
      ['millrace lint ./topologies --json', 'for an editor or CI', 'nothing'],
    ],
    exits: ['topology_invalid', 'not_found'],
  });
};
