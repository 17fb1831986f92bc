import type { Drawing, DrawnEdge, DrawnNode } from './drawing.ts';

export interface PlacedNode extends DrawnNode {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** `columns`: over how many columns it goes; `back`: towards the start. */
export type PlacedEdge = DrawnEdge & { back: boolean; columns: number };

export interface Layout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

const column = 230;
const row = 64;
const height = 36;

/** Nodes in columns by their distance from the sources; edges that go back (through a topic) are marked. */
export function layout({ nodes, edges }: Drawing): Layout {
  const columns = columnsOf(nodes, edges);
  const rows = new Map<number, number>();
  // Each node near the middle of what leads to it, so that lines stay short.
  const placed = new Map<string, PlacedNode>();
  const ordered = [...nodes].sort((a, b) => columns.get(a.id)! - columns.get(b.id)!);
  for (const node of ordered) {
    const at = columns.get(node.id)!;
    const before = edges.filter((edge) => edge.to === node.id).flatMap((edge) => placed.get(edge.from) ?? []);
    const wanted = before.length === 0 ? 0 : before.reduce((sum, other) => sum + other.y, 0) / before.length;
    const y = Math.max(rows.get(at) ?? 24, Math.round(wanted));
    rows.set(at, y + row);
    placed.set(node.id, { ...node, x: 24 + at * column, y, width: 170, height });
  }
  const all = [...placed.values()];
  return {
    nodes: all,
    edges: edges.map((edge) => {
      const span = columns.get(edge.to)! - columns.get(edge.from)!;
      return { ...edge, back: span <= 0, columns: span };
    }),
    width: Math.max(...all.map((node) => node.x + node.width)) + 24,
    height: Math.max(...all.map((node) => node.y + node.height)) + 24,
  };
}

/** A line between two boxes as an SVG path, with the place of its text. */
export function curveOf(
  { back, columns }: PlacedEdge,
  from: PlacedNode,
  to: PlacedNode,
): { path: string; x: number; y: number } {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const bend = back ? 90 : Math.max(30, (x2 - x1) / 2);
  // A long line goes around what stands between its ends.
  const dip = columns > 1 ? 48 : 0;
  const path = `M ${x1} ${y1} C ${x1 + bend} ${y1 + dip}, ${x2 - bend} ${y2 + dip}, ${x2} ${y2}`;
  return { path, x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

/** Longest way from a node that nothing leads to; a way that comes back on itself counts no further. */
function columnsOf(nodes: DrawnNode[], edges: DrawnEdge[]): Map<string, number> {
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
