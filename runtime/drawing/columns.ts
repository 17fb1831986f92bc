import type { DrawnEdge, DrawnNode } from './drawing.ts';

/** Longest way from a node that nothing leads to; a way that comes back on itself counts no further. */
export function columnsOf(nodes: DrawnNode[], edges: DrawnEdge[]): Map<string, number> {
  const columns = new Map<string, number>();
  const open = new Set<string>();
  const visit = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    if (open.has(id)) return -1;
    open.add(id);
    const column = 1 + Math.max(-1, ...edges.filter((edge) => edge.to === id).map((edge) => visit(edge.from)));
    open.delete(id);
    columns.set(id, column);
    return column;
  };
  for (const node of nodes) visit(node.id);
  // What nothing leads to stands right before what it leads to, so that its line is short.
  for (const { id } of nodes) {
    if (edges.some((edge) => edge.to === id)) continue;
    const next = edges.filter((edge) => edge.from === id).map((edge) => columns.get(edge.to)!);
    if (next.length > 0) columns.set(id, Math.max(0, Math.min(...next) - 1));
  }
  return columns;
}
