import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { counterOf, epoch, snowflake, successor, timeOf } from './snowflake.ts';

const partition = fc.integer({ min: 0, max: 1023 });
const counter = fc.integer({ min: 0, max: 4095 });

describe('the id after another one', () => {
  it('is greater and the partition’s own, whatever partition the other one came from', () => {
    fc.assert(
      fc.property(partition, partition, counter, fc.nat(2 ** 40), (from, to, count, ms) => {
        const before = snowflake(epoch + ms, from, count);
        const next = successor(before, to);
        assert.ok(next > before);
        assert.equal(Number((next >> 12n) & 1023n), to);
        assert.ok(timeOf(next) - timeOf(before) <= 1);
      }),
    );
  });

  it('counts on in the same millisecond as long as there is room', () => {
    assert.equal(successor(snowflake(epoch + 5, 3, 7), 3), snowflake(epoch + 5, 3, 8));
    assert.equal(successor(snowflake(epoch + 5, 3, 4095), 3), snowflake(epoch + 6, 3, 0));
    assert.equal(counterOf(successor(snowflake(epoch + 5, 3, 7), 4)), 0);
  });

  it('is never the same in two partitions that go on from one clock', () => {
    const last = snowflake(epoch + 5, 1, 9);
    assert.equal(new Set([0, 1, 2, 3, 4].map((to) => successor(last, to))).size, 5);
  });
});
