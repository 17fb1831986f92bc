import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter, MillraceError, type MillraceSession, type SessionEvents } from '../../client/index.ts';
import { IdleWatch } from './idle-watch.ts';

test('says again what was refused for the moment, but not at each move; a new connection hears what holds by then', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const page = new EventTarget();
  Object.assign(globalThis, { document: page });
  const events = new Emitter<SessionEvents>();
  const said: unknown[] = [];
  let fails = true;
  const request = async (_: string, fields: unknown) => {
    said.push(fields);
    if (fails) throw new MillraceError({ code: 'timeout', detail: 'the server did not answer' });
  };
  const watch = new IdleWatch({ events, request } as unknown as MillraceSession);
  t.after(() => watch.dispose());
  const minutes = async (count: number) => {
    for (let look = 0; look < count * 6; look++) {
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(10_000);
    }
  };
  const move = () => page.dispatchEvent(new Event('pointermove'));
  const told = () => said.splice(0).map((fields) => (fields as { idle: boolean }).idle);

  await minutes(5);
  assert.deepEqual(told(), [true]);
  fails = false;
  await minutes(2);
  assert.deepEqual(told(), [true]);
  fails = true;
  for (let i = 0; i < 5; i++) move();
  assert.deepEqual(told(), [false]);
  await minutes(1 / 6);
  fails = false;
  await minutes(1);
  assert.deepEqual(told(), [false, false]);

  await minutes(5);
  assert.deepEqual(told(), [true]);
  events.emit('hello', {} as SessionEvents['hello']);
  assert.deepEqual(told(), [true]);
  fails = true;
  move();
  await new Promise((resolve) => setImmediate(resolve));
  events.emit('hello', {} as SessionEvents['hello']);
  await minutes(1);
  assert.deepEqual(told(), [false]);
});
