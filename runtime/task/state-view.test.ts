import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryState } from '../../platform/state/memory.ts';
import { StateView } from './state-view.ts';
import { WorkUnit } from './work-unit.ts';

const tables = { heads: { doc: 'Of the test.' } };

function view(): StateView {
  return new StateView(new MemoryState().open('test/step', 0), tables);
}

test('a row that a unit changes again and again is written once, as it is at the end', () => {
  const state = view();
  const unit = new WorkUnit(1);
  state.begin(unit);
  for (const rev of [1, 2, 3]) state.set('heads', 'a', rev);
  state.set('heads', 'b', 1);
  state.set('heads', 'b', undefined);
  assert.deepEqual(
    unit.state.map(({ key, value }) => [key, value]),
    [
      ['a', 3],
      ['b', undefined],
    ],
  );
  assert.equal(state.get('heads', 'a'), 3);
});

test('the next unit leaves alone what the one before it, still under way, has written, and a rollback gives that back', () => {
  const state = view();
  const first = new WorkUnit(1);
  state.begin(first);
  state.set('heads', 'a', 1);
  state.begin(new WorkUnit(2));
  state.set('heads', 'a', 2);
  state.set('heads', 'a', 3);
  assert.deepEqual(
    first.state.map(({ value }) => value),
    [1],
  );
  state.rollback();
  assert.equal(state.get('heads', 'a'), 1);
});
