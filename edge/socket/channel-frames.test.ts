import assert from 'node:assert/strict';
import { it } from 'node:test';
import { goneText, headTexts, resetText } from '../wire/head-texts.ts';
import { helloFrame, resumedFrame } from './channel-frames.ts';

const head = { rev: 2 ** 40, seq: 0 };
const ids = ['a', '"},\\\u2028', '__proto__'];

it('a resumed frame is JSON, whatever its channels and its id are called', () => {
  const all: [string, object, string][] = [
    ['a', { status: 'caught_up', head }, headTexts('a', head).caughtUp],
    ['"},\\\u2028', { status: 'reset', head }, resetText('"},\\\u2028', head)],
    ['__proto__', { status: 'gone' }, goneText('__proto__')],
  ];
  for (const id of [undefined, '', '"x"\n'])
    for (let count = 0; count <= all.length; count++) {
      const some = all.slice(0, count);
      const channels = Object.fromEntries(some.map(([channel, value]) => [channel, value]));
      const wanted = { type: 'resumed', ...(id === undefined ? {} : { id }), channels };
      const frame = resumedFrame(
        id,
        some.map(([, , text]) => text),
      );
      assert.equal(frame, JSON.stringify(wanted));
    }
});

it('a hello frame is JSON, whatever its channels and its person are called', () => {
  const fields = { user_id: '"]}', heartbeat_ms: 1 };
  for (let count = 0; count <= ids.length; count++) {
    const some = ids.slice(0, count);
    const channels = some.map((channel_id) => ({ channel_id, head }));
    const frame = helloFrame(
      fields,
      some.map((id) => headTexts(id, head).listed),
    );
    assert.equal(frame, JSON.stringify({ type: 'hello', ...fields, channels }));
  }
});
