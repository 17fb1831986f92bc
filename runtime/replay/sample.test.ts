import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Sample } from './sample.ts';

test('a sample is bounded, and even over all that passed', () => {
  const numbers = { every: fc.integer({ min: 1, max: 7 }), most: fc.integer({ min: 2, max: 20 }) };
  fc.assert(
    fc.property(numbers.every, numbers.most, fc.integer({ min: 0, max: 2000 }), (every, most, count) => {
      const sample = new Sample<number>(every, most);
      for (let i = 0; i < count; i++) sample.pass(i);
      const { items } = sample;
      assert.ok(items.length <= most);
      const step = items.length > 1 ? items[1]! - items[0]! : 0;
      assert.deepEqual(
        items,
        items.map((_, at) => at * step),
      );
      // Up to the end: no more than one step is left out there.
      if (items.length > 1) assert.ok(count - items.at(-1)! <= step);
      assert.equal(items.length > 0, count > 0);
    }),
  );
});
