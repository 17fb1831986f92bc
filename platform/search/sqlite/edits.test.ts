import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { editDistance } from '../edit-distance.ts';
import { editsOf } from './edits.ts';

const word = (alphabet: string) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));

it('one slip makes a word from what was meant, and what was meant is among its edits, in any script', () => {
  const scripts = fc.constantFrom('abxyz', 'абвяю', 'αβγω', 'かきさ', 'a1b2');
  const pair = scripts.chain((alphabet) => fc.tuple(word(alphabet), word(alphabet)));
  fc.assert(
    fc.property(pair, ([meant, written]) => {
      const edits = editsOf(written, 100_000);
      for (const edit of edits) assert.equal(editDistance(written, edit, 2), 1, `${written} ${edit}`);
      const near = editDistance(written, meant, 1) === 1;
      // A digit is only looked for where there is one, and letters likewise.
      const sameKinds = [/[0-9]/, /[^0-9]/].every((kind) => !kind.test(meant) || kind.test(written));
      if (sameKinds) assert.equal(edits.includes(meant), near, `${written} ${meant}`);
    }),
    { numRuns: 500 },
  );
});

it('of more edits than are wanted, letters too many and swapped ones are kept', () => {
  const edits = editsOf('gatewyaa', 14);
  assert.equal(edits.length, 14);
  assert.ok(edits.includes('gatewya') && edits.includes('gatewaya'));
});
