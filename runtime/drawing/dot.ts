import { type Drawing, edgeText } from './drawing.ts';

const shapes = { topic: 'cds', processor: 'box', store: 'cylinder' } as const;

/** For Graphviz: topologies as clusters around their processors. */
export function dot({ nodes, edges }: Drawing): string {
  const node = ({ id, kind, label }: Drawing['nodes'][number]): string =>
    `${quoted(id)} [label=${quoted(label)}, shape=${shapes[kind]}];`;
  const lines = ['digraph millrace {', '  rankdir=LR;', '  node [fontname="sans-serif"];'];
  for (const topology of new Set(nodes.map((one) => one.topology).filter(Boolean))) {
    lines.push(`  subgraph ${quoted(`cluster_${topology}`)} {`, `    label=${quoted(topology)};`);
    for (const one of nodes) if (one.topology === topology) lines.push(`    ${node(one)}`);
    lines.push('  }');
  }
  for (const one of nodes) if (one.topology === '') lines.push(`  ${node(one)}`);
  for (const edge of edges)
    lines.push(`  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(edgeText(edge))}];`);
  return [...lines, '}'].join('\n');
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
