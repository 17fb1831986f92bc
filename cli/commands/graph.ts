import { writeFileSync } from 'node:fs';
import { MillraceError } from '../../platform/errors/error.ts';
import { loadProcessors } from '../../runtime/registry.ts';
import { loadTopologies } from '../../runtime/topology/load.ts';
import { renderProblem } from '../../runtime/topology/problem.ts';
import { defaultTopologies } from '../../server/start.ts';
import { type AddCommand, examples } from '../command.ts';
import { drawingOf } from '../graph/drawing.ts';
import { layout } from '../graph/layout.ts';
import { mermaid } from '../graph/mermaid.ts';
import { svg } from '../graph/svg.ts';

export const addGraph: AddCommand = (program, terminal) => {
  program
    .command('graph')
    .description('Draws the topologies: topics, nodes, and what flows between them.')
    .argument('[topology...]', 'names of topologies; all by default')
    .option('--folder <folder>', 'folder of topology files', defaultTopologies)
    .option('--format <format>', 'mermaid or svg', 'mermaid')
    .option('--out <file>', 'write to a file instead of stdout')
    .option('--json', 'print nodes and edges as JSON')
    .addHelpText(
      'after',
      examples([
        ['millrace graph messages', 'one topology, as mermaid'],
        ['millrace graph --format svg --out flow.svg', 'all of them, as a picture'],
      ]),
    )
    .action(async (names: string[], options: { folder: string; format: string; out?: string; json?: boolean }) => {
      const { plans, problems, sources } = loadTopologies(options.folder, await loadProcessors());
      if (!plans)
        throw new MillraceError(
          'topology_invalid',
          problems.map((problem) => renderProblem(problem, sources.get(problem.file) ?? '', false)).join('\n'),
        );
      const known = plans.topologies.map((plan) => plan.name);
      const missing = names.find((name) => !known.includes(name));
      if (missing)
        throw new MillraceError('not_found', `there is no topology "${missing}"; there are ${known.join(', ')}`);
      const drawing = drawingOf(plans.topologies.filter((plan) => names.length === 0 || names.includes(plan.name)));
      if (!['mermaid', 'svg'].includes(options.format))
        throw new MillraceError('invalid_request', '--format: must be mermaid or svg');
      const text = options.json
        ? JSON.stringify(drawing, null, 2)
        : options.format === 'svg'
          ? svg(layout(drawing))
          : mermaid(drawing);
      if (options.out) {
        writeFileSync(options.out, `${text}\n`);
        terminal.err(`${options.out} written`);
      } else terminal.out(text);
    });
};
