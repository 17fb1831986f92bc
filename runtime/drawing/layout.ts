import { columnsOf } from './columns.ts';
import type { Drawing, DrawnEdge, DrawnNode } from './drawing.ts';

export interface PlacedNode extends DrawnNode {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A line as an SVG path, with the middle of where its text goes; `back`: it goes towards the start. */
export interface PlacedEdge extends DrawnEdge {
  back: boolean;
  path: string;
  x: number;
  y: number;
}

export interface Layout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

const margin = 24;
const column = 240;
const row = 64;
const box = { width: 146, height: 36 };
/** What a line needs that passes a column. */
const lane = 22;

/** A box, or the place where a long line passes a column. */
interface Spot {
  id: string;
  column: number;
  height: number;
  before: string[];
  y: number;
}

/**
 * Nodes in columns by their distance from the sources. A line over several columns has a lane of its own in those between,
 * so that it passes no box; one that goes back is drawn around.
 */
export function layout({ nodes, edges }: Drawing): Layout {
  const columns = columnsOf(nodes, edges);
  const spots = new Map<string, Spot>();
  for (const { id } of nodes) spots.set(id, { id, column: columns.get(id)!, height: box.height, before: [], y: 0 });
  const ways = edges.map((edge) => {
    const [from, to] = [columns.get(edge.from)!, columns.get(edge.to)!];
    const way = [edge.from];
    for (let at = from + 1; at < to; at++) {
      const id = `${edge.from}>${edge.to}@${at}`;
      spots.set(id, { id, column: at, height: 0, before: [way.at(-1)!], y: 0 });
      way.push(id);
    }
    if (to > from) spots.get(edge.to)!.before.push(way.at(-1)!);
    return [...way, edge.to].map((id) => spots.get(id)!);
  });
  place([...spots.values()], spots);
  const placed = nodes.map((node): PlacedNode => {
    const { column: at, y } = spots.get(node.id)!;
    return { ...node, x: margin + at * column, y, ...box };
  });
  return {
    nodes: placed,
    edges: edges.map((edge, i) => ({ ...edge, ...curve(ways[i]!) })),
    width: Math.max(0, ...placed.map((node) => node.x + box.width)) + margin,
    height: Math.max(0, ...[...spots.values()].map((spot) => spot.y + spot.height)) + margin,
  };
}

/** Column by column, each spot near the middle of what leads to it; what nothing leads to comes last. */
function place(all: Spot[], spots: Map<string, Spot>): void {
  for (let at = 0; all.some((spot) => spot.column >= at); at++) {
    const wanted = (spot: Spot): number =>
      spot.before.length === 0
        ? Number.POSITIVE_INFINITY
        : spot.before.reduce((sum, id) => sum + middle(spots.get(id)!), 0) / spot.before.length;
    const here = all
      .filter((spot) => spot.column === at)
      .sort((a, b) => (wanted(a) < wanted(b) ? -1 : wanted(a) > wanted(b) ? 1 : 0));
    let free = margin + 12;
    for (const spot of here) {
      const best = wanted(spot) - spot.height / 2;
      spot.y = Math.max(free, Number.isFinite(best) ? Math.round(best) : free);
      free = spot.y + (spot.height === 0 ? lane : row);
    }
  }
}

function middle(spot: Spot): number {
  return spot.y + spot.height / 2;
}

function curve(way: Spot[]): { back: boolean; path: string; x: number; y: number } {
  const [first, last] = [way[0]!, way.at(-1)!];
  const right = (spot: Spot): number => margin + spot.column * column + box.width;
  const left = (spot: Spot): number => margin + spot.column * column;
  if (last.column <= first.column) {
    const [x1, y1, x2, y2] = [right(first), middle(first), left(last), middle(last)];
    return {
      back: true,
      path: `M ${x1} ${y1} C ${x1 + 90} ${y1}, ${x2 - 90} ${y2}, ${x2} ${y2}`,
      x: (x1 + x2) / 2,
      y: (y1 + y2) / 2,
    };
  }
  let path = `M ${right(first)} ${middle(first)}`;
  for (const [i, to] of way.slice(1).entries()) {
    const from = way[i]!;
    const bend = (right(from) + left(to)) / 2;
    path += ` C ${bend} ${middle(from)}, ${bend} ${middle(to)}, ${left(to)} ${middle(to)}`;
    if (to !== last) path += ` L ${right(to)} ${middle(to)}`;
  }
  // On the first bend, past its middle: lines that leave one box have parted there.
  const y = middle(first) * 0.32 + middle(way[1]!) * 0.68;
  return { back: false, path, x: right(first) + (column - box.width) * 0.59, y };
}
