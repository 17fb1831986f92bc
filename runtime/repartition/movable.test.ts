import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TopicSpec } from '../../platform/log/port.ts';
import { Deployments } from '../deployment/deployments.ts';
import { loadProcessors } from '../registry.ts';
import { checkTopologies, readTopologies } from '../topology/load.ts';
import { topicSpecs } from '../topology/topic-specs.ts';
import { movingStates } from './movable.ts';

const processors = await loadProcessors();

function statesOf(change: (text: string) => string, without: string[] = []) {
  const files = readTopologies('topologies').map(({ file, text }) => ({ file, text: change(text) }));
  const known = new Map(
    [...processors].map(([name, { moves, ...rest }]) => [
      name,
      without.includes(name) || !moves ? rest : { ...rest, moves },
    ]),
  );
  const { plans } = checkTopologies(files, known);
  assert.ok(plans);
  const deployments = Deployments.fixed(plans);
  const specs = new Map(topicSpecs(plans, { partitions: 4, gateways: ['0'] }).map((spec) => [spec.name, spec]));
  const log = { topic: (name: string): TopicSpec | undefined => specs.get(name) };
  const found = plans.topologies.map(({ name }) => movingStates(deployments.wanted(name)!, log));
  return {
    nodes: found.flatMap(({ states }) => states.map(({ node }) => node)),
    problems: found.flatMap(({ problems }) => problems),
  };
}

describe('what moves to more partitions', () => {
  it('is the state of the sequencer and of what waits to be pushed; that of fan-out is made anew, for its topic is volatile', () => {
    assert.deepEqual(
      statesOf((text) => text),
      { nodes: ['sequence', 'hold'], problems: [] },
    );
  });

  it('is refused where a processor does not say how, or a state is made of a source that is kept', () => {
    const { problems: unsaid } = statesOf((text) => text, ['sequence']);
    assert.deepEqual(unsaid, [
      'node sequence of topology messages keeps a state, and its processor sequence does not say how the rows move (`moves`)',
    ]);
    // interest is what fan-out folds: kept, it would have to move, too.
    const { problems: kept } = statesOf((text) =>
      text.replace(/(retention: 1d\n\s+)volatile: true/, '$1volatile: false'),
    );
    assert.deepEqual(kept, [
      'node fan-out of topology fan-out folds its source interest, whose records stay in the old topic',
    ]);
  });
});
