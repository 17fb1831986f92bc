import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Resumed } from './resume.ts';
import { resumedFrame } from './resumed-frame.ts';

it('a resumed frame is JSON, whatever its channels and its id are called', () => {
  const all: [string, Resumed][] = [
    ['a', { status: 'caught_up', head: { rev: 2 ** 40, seq: 0 } }],
    ['"},\\\u2028', { status: 'reset', head: { rev: 1, seq: 1 } }],
    ['__proto__', { status: 'gone' }],
  ];
  for (const id of [undefined, '', '"x"\n'])
    for (let count = 0; count <= all.length; count++) {
      const some = new Map(all.slice(0, count));
      const wanted = { type: 'resumed', ...(id === undefined ? {} : { id }), channels: Object.fromEntries(some) };
      assert.equal(resumedFrame(id, some), JSON.stringify(wanted));
    }
});
