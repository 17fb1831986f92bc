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

test('what may also be null is refused for what else it must be', () => {
  const days = checker(
    Type.Object({
      days: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
      hours: Type.Optional(Type.Union([Type.Null(), Type.Object({ from: Type.String() })])),
    }),
    'body',
  );
  for (const [value, detail] of [
    [{ days: 0 }, 'days: expected integer to be greater or equal to 1, or null'],
    [{ days: '7' }, 'days: expected integer, or null'],
    [{ days: 7, hours: { from: 5 } }, 'hours.from: expected string'],
  ] as const)
    assert.throws(() => days(value), { code: 'invalid_request', detail });
  for (const value of [{ days: null }, { days: 7, hours: null }]) assert.deepEqual(days(value), value);
});
