import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { editDistance } from './edit-distance.ts';

describe('edit distance', () => {
  it('counts insertions, deletions, changes and swaps of neighbours', () => {
    const cases: [string, string, number][] = [
      ['same', 'same', 0],
      ['cat', 'cart', 1],
      ['cart', 'cat', 1],
      ['cat', 'cut', 1],
      ['form', 'from', 1],
      ['kitten', 'sitting', 3],
      ['', 'ab', 2],
    ];
    for (const [a, b, distance] of cases) assert.equal(editDistance(a, b, 5), distance, `${a} ${b}`);
    assert.equal(editDistance('kitten', 'sitting', 2), 3);
  });

  it('is symmetric, nought for the same, and cut off only above the bound', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
        const whole = editDistance(a, b, 20);
        assert.equal(whole, editDistance(b, a, 20));
        assert.equal(whole === 0, a === b);
        const bounded = editDistance(a, b, most);
        assert.equal(whole <= most ? bounded : bounded > most, whole <= most ? whole : true);
      }),
    );
  });
});
