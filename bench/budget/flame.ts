import type { Stack } from './profile.ts';

const width = 1600;
const row = 17;
/** Narrower ones are left out: nobody could read them. */
const least = 1.2;

interface Node {
  name: string;
  us: number;
  children: Map<string, Node>;
}

/**
 * A flame graph (Brendan Gregg, 2011): a box's width is the CPU of a function and of what it called, those that it called
 * stand above it, by name. As a page of SVG whose boxes tell their name and share on hovering.
 */
export function flameGraph(title: string, stacks: Stack[]): string {
  const top: Node = { name: 'all', us: 0, children: new Map() };
  for (const { frames, us } of stacks) {
    let node = top;
    node.us += us;
    for (const { function: called, where } of frames) {
      const name = where ? `${called} ${where}` : called;
      const next = node.children.get(name) ?? { name, us: 0, children: new Map() };
      next.us += us;
      node.children.set(name, next);
      node = next;
    }
  }
  const boxes: string[] = [];
  const depth = draw(top, 0, 0, top.us, boxes);
  const height = (depth + 3) * row;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/><text x="8" y="${row}">${escaped(title)}</text>`,
    `<g transform="translate(0 ${height - row}) scale(1 1)">`,
    ...boxes,
    '</g></svg>\n',
  ].join('\n');
}

/** The depth that was reached. */
function draw(node: Node, x: number, depth: number, all: number, boxes: string[]): number {
  const wide = (node.us / all) * width;
  const y = -depth * row;
  const share = ((node.us / all) * 100).toFixed(1);
  const shown = node.name.slice(0, Math.max(0, Math.floor(wide / 6.8) - 1));
  const label = shown.length > 2 ? `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escaped(shown)}</text>` : '';
  boxes.push(
    `<g><title>${escaped(node.name)}: ${share} %</title><rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${row - 1}" fill="${colour(node.name)}"/>${label}</g>`,
  );
  let deepest = depth;
  let at = x;
  for (const child of [...node.children.values()].sort((a, b) => a.name.localeCompare(b.name))) {
    const size = (child.us / all) * width;
    if (size >= least) deepest = Math.max(deepest, draw(child, at, depth + 1, all, boxes));
    at += size;
  }
  return deepest;
}

/** Ours, packages, and what is neither. */
function colour(name: string): string {
  if (name.includes('node_modules/')) return '#f2c572';
  if (/ (edge|platform|processors|runtime|server|push|schemas|config|cli)\//.test(name)) return '#f08a5d';
  return '#d9d9d9';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
