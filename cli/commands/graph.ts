import { writeFileSync } from 'node:fs';
import { Option } from 'commander';
import { defaultTopologies } from '../../config/folders.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { type AddCommand, withHelp } from '../command.ts';

export const addGraph: AddCommand = (program, terminal) => {
  const command = program
    .command('graph')
    .description('Draws the topologies: topics, nodes, and what flows between them.')
    .argument('[topology...]', 'names of topologies; all by default')
    .option('--folder <folder>', 'folder of topology files (default: those that come with Millrace)')
    .addOption(new Option('--format <format>', 'as what').choices(['mermaid', 'svg']).default('mermaid'))
    .option('--out <file>', 'write to a file instead of stdout')
    .option('--json', 'print nodes and edges as JSON')
    .action(async (names: string[], options: { folder?: string; format: string; out?: string; json?: boolean }) => {
      const [{ checkedPlans }, { drawingOf }, { layout }, { mermaid }, { svg }] = await Promise.all([
        import('../topologies.ts'),
        import('../graph/drawing.ts'),
        import('../graph/layout.ts'),
        import('../graph/mermaid.ts'),
        import('../graph/svg.ts'),
      ]);
      const { topologies } = await checkedPlans(
        options.folder ?? terminal.env['MILLRACE_TOPOLOGIES'] ?? defaultTopologies,
      );
      const known = topologies.map((plan) => plan.name);
      const missing = names.find((name) => !known.includes(name));
      if (missing)
        throw new MillraceError('not_found', `there is no topology "${missing}"; there are ${known.join(', ')}`);
      const drawing = drawingOf(topologies.filter((plan) => names.length === 0 || names.includes(plan.name)));
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
  withHelp(command, {
    examples: [
      ['millrace graph messages', 'one topology, as mermaid', 'nothing'],
      ['millrace graph --format svg --out flow.svg', 'all of them, as a picture', 'nothing'],
      ['millrace graph --json', 'nodes and edges, for a script', 'nothing'],
    ],
    exits: ['topology_invalid', 'not_found'],
  });
};
