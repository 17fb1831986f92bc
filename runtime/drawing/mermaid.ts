import { type Drawing, edgeText } from './drawing.ts';

/** A Mermaid flowchart: topologies as boxes around their processors. */
export function mermaid({ nodes, edges }: Drawing): string {
  const names = new Map(nodes.map((node, i) => [node.id, `n${i}`]));
  const lines = ['flowchart LR'];
  for (const topology of new Set(nodes.map((node) => node.topology).filter(Boolean))) {
    lines.push(`  subgraph ${topology}`);
    for (const node of nodes.filter((other) => other.topology === topology))
      lines.push(`    ${names.get(node.id)}["${node.label}"]`);
    lines.push('  end');
  }
  for (const node of nodes.filter((other) => other.topology === '')) {
    const label = `"${node.label}"`;
    lines.push(`  ${names.get(node.id)}${node.kind === 'topic' ? `[/${label}/]` : `[(${label})]`}`);
  }
  for (const edge of edges) {
    const text = edgeText(edge);
    lines.push(`  ${names.get(edge.from)} -->${text ? `|"${text}"|` : ''} ${names.get(edge.to)}`);
  }
  return lines.join('\n');
}
