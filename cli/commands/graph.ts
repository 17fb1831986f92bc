import { Option } from 'commander';
import { type AddCommand, callErrors, withHelp } from '../command.ts';
import type { GraphOptions } from '../graph/run.ts';

export const addGraph: AddCommand = (program, terminal) => {
  const command = program
    .command('graph')
    .description('Draws the topologies: topics, nodes, and what flows between them.')
    .argument('[topology...]', 'names of topologies; all by default')
    .option('--folder <folder>', 'folder of topology files (default: those that come with Millrace)')
    .addOption(new Option('--format <format>', 'as what').choices(['mermaid', 'dot', 'svg']).default('mermaid'))
    .option('--rates', 'with the records a second that the running process measures on each arrow')
    .option('--out <file>', 'write to a file instead of stdout')
    .option('--json', 'print nodes and edges as JSON')
    .action(async (names: string[], options: GraphOptions) => {
      const { runGraph } = await import('../graph/run.ts');
      await runGraph(names, options, terminal);
    });
  withHelp(command, {
    examples: [
      ['millrace graph messages', 'one topology, as mermaid', 'nothing'],
      ['millrace graph --format svg --out flow.svg', 'all of them, as a picture', 'nothing'],
      ['millrace graph --format dot', 'for Graphviz', 'nothing'],
      ['millrace graph --rates', 'with what flows now', 'process'],
      ['millrace graph --json', 'nodes and edges, for a script', 'nothing'],
    ],
    exits: ['topology_invalid', 'not_found', ...callErrors],
  });
};
