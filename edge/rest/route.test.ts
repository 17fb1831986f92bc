import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from '@sinclair/typebox';
import { checker } from './route.ts';

const check = checker(
  Type.Object({
    id: Type.Optional(Type.String()),
    prefix: Type.Optional(Type.String()),
    from: Type.Optional(Type.Array(Type.String())),
  }),
  'query',
);

test('what a store can’t keep is refused by its field; a frame’s own id is not kept', () => {
  for (const [value, detail] of [
    [{ prefix: 'a\0' }, 'prefix: holds a NUL character'],
    [{ from: ['a', '\0'] }, 'from.1: holds a NUL character'],
    [{ prefix: '\ud800' }, 'prefix: holds half of a surrogate pair'],
  ] as const)
    assert.throws(() => check(value), { code: 'invalid_request', detail });
  for (const value of [{ id: '\0\ud800' }, { prefix: '\u0001 a' }]) assert.deepEqual(check(value), value);
});
