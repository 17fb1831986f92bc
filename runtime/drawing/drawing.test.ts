import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProcessors } from '../registry.ts';
import { loadTopologies } from '../topology/load.ts';
import { dot } from './dot.ts';
import { drawingOf, edgeText, withRates } from './drawing.ts';
import { layout } from './layout.ts';
import { mermaid } from './mermaid.ts';
import { measuredBy } from './rates.ts';
import { svg } from './svg.ts';

const { plans } = loadTopologies('topologies', await loadProcessors());
const drawing = drawingOf(plans!.topologies);
const edge = (from: string, to: string) => drawing.edges.find((one) => one.from === from && one.to === to)!;

describe('a drawing', () => {
  it('knows where the records of each line are counted', () => {
    assert.deepEqual(edge('messages/stored', 'topic:message_events').measures, [
      { topology: 'messages', node: 'events', side: 'taken' },
    ]);
    const several = edge('topic:typing', 'fan-out/fan-out').measures!;
    assert.deepEqual(several, [{ topology: 'fan-out', node: 'typing', side: 'gave' }]);
    assert.equal(edge('fan-out/fan-out', 'topic:gateway').measures!.length, 5);
  });

  it('shows rates where they are measured', () => {
    const nodes = { events: { rate: 1234.5, gave_rate: 0 } };
    const measured = withRates(drawing, measuredBy([{ topology: 'messages', nodes }]));
    const texts = measured.edges.map(edgeText);
    assert.ok(texts.includes('events · 1,235/s'), texts.join('\n'));
    assert.equal(measured.edges.filter(({ rate }) => rate !== undefined).length, 1);
    for (const picture of [mermaid(measured), dot(measured), svg(layout(measured))]) assert.match(picture, /1,235\/s/);
  });
});
