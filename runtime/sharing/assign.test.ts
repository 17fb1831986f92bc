import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assign } from './assign.ts';

const workers = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{1,6}$/), { minLength: 1, maxLength: 12 });

describe('assigning partitions', () => {
  it('gives each partition to one worker, and nobody more than one above anybody else', () => {
    fc.assert(
      fc.property(workers, fc.integer({ min: 1, max: 64 }), (names, partitions) => {
        const assigned = assign('t', partitions, names);
        assert.equal(assigned.length, partitions);
        const loads = names.map((name) => assigned.filter(({ owner }) => owner === name).length);
        assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, `loads ${loads}`);
        for (const { owner, next } of assigned)
          assert.equal(next === undefined, names.length === 1, `${owner} ${next}`);
      }),
    );
  });

  it('comes to the same in whatever order the workers are known', () => {
    fc.assert(
      fc.property(workers, (names) => assert.deepEqual(assign('t', 16, names), assign('t', 16, [...names].reverse()))),
    );
  });

  it('moves about as little as it must when a worker goes', () => {
    const names = Array.from({ length: 8 }, (_, i) => `worker-${i}`);
    const before = assign('messages', 256, names);
    const after = assign('messages', 256, names.slice(1));
    const moved = before.filter(({ owner }, i) => owner !== after[i]!.owner).length;
    const must = before.filter(({ owner }) => owner === 'worker-0').length;
    assert.equal(must, 32);
    assert.ok(moved <= 3 * must, `${moved} of 256 moved`);
  });
});
