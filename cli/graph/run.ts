import { writeFileSync } from 'node:fs';
import { defaultTopologies } from '../../config/folders.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { dot } from '../../runtime/drawing/dot.ts';
import { type Drawing, drawingOf, withRates } from '../../runtime/drawing/drawing.ts';
import { layout } from '../../runtime/drawing/layout.ts';
import { mermaid } from '../../runtime/drawing/mermaid.ts';
import { measuredBy } from '../../runtime/drawing/rates.ts';
import { svg } from '../../runtime/drawing/svg.ts';
import type { Terminal } from '../command.ts';
import { fetchStatus } from '../status/fetch.ts';
import { checkedPlans } from '../topologies.ts';

export interface GraphOptions {
  folder?: string;
  format: 'mermaid' | 'dot' | 'svg';
  rates?: boolean;
  out?: string;
  json?: boolean;
}

const formats: { [format in GraphOptions['format']]: (drawing: Drawing) => string } = {
  mermaid,
  dot,
  svg: (drawing) => svg(layout(drawing)),
};

/** Draws topologies to stdout or a file. */
export async function runGraph(names: string[], options: GraphOptions, terminal: Terminal): Promise<void> {
  const { topologies } = await checkedPlans(
    options.folder ?? terminal.env['MILLRACE_TOPOLOGIES'] ?? defaultTopologies,
    terminal.env['MILLRACE_PROCESSORS'],
    { all: true },
  );
  const known = topologies.map((plan) => plan.name);
  const missing = names.find((name) => !known.includes(name));
  if (missing) throw new MillraceError('not_found', `there is no topology "${missing}"; there are ${known.join(', ')}`);
  const plain = drawingOf(topologies.filter((plan) => names.length === 0 || names.includes(plan.name)));
  const drawing = options.rates ? withRates(plain, measuredBy((await fetchStatus(terminal)).topologies)) : plain;
  const text = options.json ? JSON.stringify(drawing, null, 2) : formats[options.format](drawing);
  if (options.out) {
    writeFileSync(options.out, `${text}\n`);
    terminal.err(`${options.out} written`);
  } else terminal.out(text);
}
