import { type Drawing, rateText, shortLabel, withRates } from '../../../runtime/drawing/drawing.ts';
import { layout } from '../../../runtime/drawing/layout.ts';
import { measuredBy } from '../../../runtime/drawing/rates.ts';
import { fill, h, setText } from '../../src/dom.ts';
import type { TopologyStatus } from './shapes.ts';
import { svg } from './svg.ts';

/** The topologies, drawn, with what flows on each arrow. The picture is made once; only what flows is changed in it. */
export class Flow {
  private readonly place = h('div', {
    class: 'flow',
    tabindex: 0,
    role: 'img',
    'aria-label': 'The topologies, drawn; the tables below hold the same numbers',
  });
  readonly element = h(
    'section',
    { class: 'panel', 'aria-labelledby': 'flow-title' },
    h('h2', { id: 'flow-title' }, 'Flow'),
    this.place,
  );
  private drawn = '';
  private drawing: Drawing = { nodes: [], edges: [] };
  private lines: { line: SVGElement; label: SVGElement; rate: SVGElement }[] = [];

  show(drawing: Drawing): void {
    const text = JSON.stringify(drawing);
    if (text === this.drawn) return;
    this.drawn = text;
    this.drawing = drawing;
    if (drawing.nodes.length === 0) return fill(this.place, h('p', { class: 'quiet' }, 'Nothing runs.'));
    const { nodes, edges, width, height } = layout(drawing);
    const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height });
    const arrow = svg('marker', {
      ...{
        id: 'arrow',
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 9,
        markerHeight: 9,
        orient: 'auto',
        markerUnits: 'userSpaceOnUse',
      },
    });
    arrow.append(svg('path', { d: 'M0 0L8 4L0 8z', class: 'arrow' }));
    picture.append(arrow);
    this.lines = edges.map((edge) => {
      const { path, x, y } = edge;
      const line = svg('path', { d: path, 'marker-end': 'url(#arrow)' });
      picture.append(line);
      return {
        line,
        label: svg('text', { x, y: y - 5, class: 'edge' }, shortLabel(edge)),
        rate: svg('text', { x, y: y + 12, class: 'rate' }),
      };
    });
    for (const { x, y, width: w, height: tall, kind, label, topology } of nodes) {
      picture.append(svg('rect', { x, y, width: w, height: tall, rx: kind === 'processor' ? 6 : 18, class: kind }));
      picture.append(svg('text', { x: x + w / 2, y: y + tall / 2 + 4, class: 'name' }, label));
      if (topology) picture.append(svg('text', { x: x + w / 2, y: y - 6, class: 'topology' }, topology));
    }
    // Above all lines and boxes: what flows is what one looks for.
    picture.append(...this.lines.flatMap(({ label, rate }) => [label, rate]));
    fill(this.place, picture);
  }

  flows(topologies: TopologyStatus[]): void {
    for (const [i, edge] of withRates(this.drawing, measuredBy(topologies)).edges.entries()) {
      const { line, rate } = this.lines[i]!;
      const flowing = (edge.rate ?? 0) > 0;
      // A line on which nothing flows is told by its colour: noughts everywhere would hide the numbers.
      setText(rate, flowing ? rateText(edge) : '');
      line.setAttribute('class', flowing ? 'line flowing' : 'line');
      // Ten times as much is one width more.
      line.setAttribute('stroke-width', String(flowing ? 1.5 + Math.log10(1 + edge.rate!) / 1.5 : 1));
    }
  }
}
