import { existsSync } from 'node:fs';
import { MillraceError } from '../../platform/errors/error.ts';
import { loadProcessors } from '../../runtime/registry.ts';
import { loadTopologies } from '../../runtime/topology/load.ts';
import { renderProblem } from '../../runtime/topology/problem.ts';
import { defaultTopologies } from '../../server/start.ts';
import { type AddCommand, examples } from '../command.ts';

export const addLint: AddCommand = (program, terminal, done) => {
  program
    .command('lint')
    .description('Checks topology files, all problems at once. Dials no server.')
    .argument('[folder]', 'folder of topology files', defaultTopologies)
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      examples([
        ['millrace lint', 'the topologies that come with Millrace'],
        ['millrace lint ./my-topologies --json', 'for an editor or CI'],
      ]),
    )
    .action(async (folder: string, { json }: { json?: boolean }) => {
      if (!existsSync(folder)) throw new MillraceError('not_found', `there is no folder ${folder}`);
      const { problems, plans, sources } = loadTopologies(folder, await loadProcessors());
      if (json) terminal.out(JSON.stringify({ problems }, null, 2));
      else if (plans)
        terminal.out(
          `${plans.topologies.length} topologies, ${plans.topologies.reduce((sum, plan) => sum + plan.nodes.length, 0)} nodes: no problems`,
        );
      else {
        for (const problem of problems)
          terminal.out(`${renderProblem(problem, sources.get(problem.file) ?? '', terminal.color)}\n`);
        terminal.err(
          `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; the rules are explained in docs/topology-format.md`,
        );
      }
      done(plans ? 0 : 3);
    });
};
