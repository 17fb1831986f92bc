import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../errors/error.ts';
import { idAfter, idsOf } from './document-id.ts';

test('numbers of one channel follow each other and end before the next channel’s', () => {
  const { first, last } = idsOf(7);
  assert.equal(idAfter(null, 7), first);
  assert.equal(idAfter(first, 7), first + 1);
  assert.equal(idAfter(last - 1, 7), last);
  assert.equal(idsOf(8).first, last + 1);
  assert.throws(
    () => idAfter(last, 7),
    (error) => error instanceof MillraceError && error.code === 'unavailable',
  );
  assert.throws(
    () => idAfter(null, 2 ** 25),
    (error) => error instanceof MillraceError && error.code === 'unavailable',
  );
});
