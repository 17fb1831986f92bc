import { rateText, shortLabel } from './drawing.ts';
import type { Layout, PlacedEdge, PlacedNode } from './layout.ts';

const colors: { [kind in PlacedNode['kind']]: { fill: string; stroke: string } } = {
  topic: { fill: '#eef4ff', stroke: '#4a72c4' },
  processor: { fill: '#ffffff', stroke: '#5b6470' },
  store: { fill: '#eefaf1', stroke: '#3c8a57' },
};

/** A layout as a picture of its own: topics blue, stores green, processors with their topology's name. */
export function svg({ nodes, edges, width, height }: Layout): string {
  const lines = edges.map(
    ({ path, back }) =>
      `<path d="${path}" fill="none" stroke="#8a93a0" marker-end="url(#arrow)"${back ? ' stroke-dasharray="4 3"' : ''}/>`,
  );
  const texts = edges.flatMap((edge) => [text(edge, -4, shortLabel(edge)), text(edge, 11, rateText(edge))]);
  const boxes = nodes.map(({ x, y, width: w, height: h, kind, label, topology }) => {
    const { fill, stroke } = colors[kind];
    const radius = kind === 'processor' ? 6 : 18;
    const name = topology ? `<text x="${x + w / 2}" y="${y - 5}" class="topology">${escapeXml(topology)}</text>` : '';
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}" fill="${fill}" stroke="${stroke}"/><text x="${x + w / 2}" y="${y + h / 2 + 4}">${escapeXml(label)}</text>${name}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '<style>text{font:13px system-ui,sans-serif;text-anchor:middle;fill:#1d232b}.edge{font-size:10px;fill:#5b6470;stroke:#fcfcfd;stroke-width:3px;paint-order:stroke}.topology{font-size:10px;fill:#8a93a0}</style>',
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a93a0"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fcfcfd"/>`,
    ...lines,
    ...boxes,
    ...texts.filter(Boolean),
    '</svg>',
  ].join('\n');
}

function text({ x, y }: PlacedEdge, down: number, written: string): string {
  return written && `<text x="${x}" y="${y + down}" class="edge">${escapeXml(written)}</text>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
