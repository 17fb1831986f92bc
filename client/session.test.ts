import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { ScriptedServer, until } from './scripted-server.ts';
import { MillraceSession, type SessionOptions } from './session.ts';

const CHANNELS = ['a', 'b'];
let server: ScriptedServer;
let session: MillraceSession;
let seen: Map<string, number[]>;
let resets: string[];

beforeEach(async () => {
  server = await ScriptedServer.start(CHANNELS);
});

afterEach(async () => {
  session.stop();
  await server.close();
});

function connect(options: Partial<SessionOptions> = {}): void {
  seen = new Map();
  resets = [];
  session = new MillraceSession({
    url: server.url,
    token: 'header.payload.signature',
    WebSocket,
    backoff: { baseMs: 4, capMs: 16 },
    revs: { a: 0, b: 0 },
    ...options,
  });
  session.events.on('event', ({ channel_id, rev }) => {
    seen.set(channel_id, [...(seen.get(channel_id) ?? []), rev]);
  });
  session.events.on('reset', ({ channel_id }) => resets.push(channel_id));
  session.start();
}

const connected = () => until(() => session.state.status === 'connected', 'connected');
const caughtUp = () => until(() => CHANNELS.every((id) => session.revs()[id] === server.log(id).length), 'caught up');
const upTo = (rev: number) => Array.from({ length: rev }, (_, index) => index + 1);

test('offers the token as a subprotocol and hears live events', async () => {
  connect();
  await connected();
  assert.deepEqual(server.protocols[0], ['millrace.v1', 'bearer.header.payload.signature']);
  for (let i = 0; i < 3; i++) server.publish('a');
  await caughtUp();
  assert.deepEqual(seen.get('a'), [1, 2, 3]);
});

test('resumes after a cut, and drops the live events that come before the missed ones', async () => {
  connect();
  await connected();
  server.publish('a');
  await caughtUp();
  server.resumeDelayMs = 30;
  server.cut();
  server.publish('a');
  await until(() => server.connections === 1 && session.state.status === 'connected', 'back');
  server.publish('a');
  server.publish('a');
  await caughtUp();
  assert.deepEqual(seen.get('a'), [1, 2, 3, 4]);
});

test('notices a gap and resumes', async () => {
  connect();
  await connected();
  server.publish('a');
  server.lose = 2;
  for (let i = 0; i < 3; i++) server.publish('a');
  await caughtUp();
  assert.deepEqual(seen.get('a'), [1, 2, 3, 4]);
});

test('hears what happened between a reading by REST and hello', async () => {
  server.publish('a');
  server.publish('a');
  connect({ revs: {} });
  session.stop();
  session.hold({ a: 1 });
  session.start();
  await connected();
  await until(() => session.revs()['a'] === 2, 'caught up');
  assert.deepEqual(seen.get('a'), [2]);
});

test('asks the app to reload where the events are no longer kept', async () => {
  for (let i = 0; i < 5; i++) server.publish('a');
  server.forget('a', 4);
  connect();
  await until(() => resets.length > 0, 'a reset');
  server.publish('a');
  await caughtUp();
  assert.deepEqual(resets, ['a']);
  assert.deepEqual(seen.get('a'), [6]);
});

for (const [code, reason] of [
  [4401, 'unauthenticated'],
  [4403, 'forbidden'],
] as const) {
  test(`stops at close code ${code} and says so`, async () => {
    connect();
    await connected();
    server.cut(code);
    await until(() => session.state.status === 'stopped', 'stopped');
    assert.equal(session.state.status === 'stopped' && session.state.reason, reason);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(server.protocols.length, 1);
  });
}

test('comes back after 4408 and 1012, with a fresh token', async () => {
  let tokens = 0;
  connect({ token: async () => `t${++tokens}` });
  await connected();
  server.refuse.push(4408, 1012);
  server.cut(4408);
  await until(() => server.protocols.length === 4 && session.state.status === 'connected', 'back');
  assert.deepEqual(server.protocols.at(-1), ['millrace.v1', 'bearer.t4']);
});

test('a token that expires is followed by another; one refused before hello stops the session', async () => {
  let tokens = 0;
  connect({ token: () => `t${++tokens}` });
  await connected();
  server.cut(4401);
  await until(() => server.protocols.length === 2 && session.state.status === 'connected', 'back');
  assert.deepEqual(server.protocols[1], ['millrace.v1', 'bearer.t2']);
  server.refuse.push(4401);
  server.cut(4401);
  await until(() => session.state.status === 'stopped', 'stopped');
  assert.equal(session.state.status === 'stopped' && session.state.reason, 'unauthenticated');
  assert.equal(server.protocols.length, 3);
});

test('obeys reconnect: leaves, and comes back after the time it was told', async () => {
  connect();
  await connected();
  const asked = Date.now();
  server.broadcast({ type: 'reconnect', after_ms: 120 });
  await until(() => session.state.status === 'waiting', 'waiting');
  await until(() => server.protocols.length === 2, 'back');
  assert.ok(Date.now() - asked >= 115);
});

test('reports a channel that is too far behind as reset, and goes on from its head', async () => {
  for (let i = 0; i < 8; i++) server.publish('a');
  for (let i = 0; i < 3; i++) server.publish('b');
  connect({ maxBehind: 5 });
  await caughtUp();
  assert.deepEqual(resets, ['a']);
  assert.deepEqual(seen.get('b'), [1, 2, 3]);
  server.publish('a');
  await caughtUp();
  assert.deepEqual(seen.get('a'), [9]);
  assert.deepEqual(
    server.received.filter(({ type }) => type === 'resume').map(({ channels }) => channels),
    [{ b: 0 }],
  );
});

test('pings an idle socket, and leaves one that stays silent for two heartbeats', async () => {
  server.heartbeatMs = 40;
  connect();
  await until(() => server.received.filter(({ type }) => type === 'ping').length >= 3, 'pings');
  assert.equal(server.protocols.length, 1);
  server.mute = true;
  await until(() => session.state.status !== 'connected', 'left', 500);
});

test('a rev ahead of the server, as after a restore of it, costs one resume', async () => {
  server.publish('a');
  connect({ revs: { a: 9, b: 0 } });
  await until(() => resets.length > 0, 'a reset');
  await new Promise((resolve) => setTimeout(resolve, 60));
  server.publish('a');
  await caughtUp();
  assert.deepEqual([resets, seen.get('a'), server.protocols.length], [['a'], [2], 1]);
  assert.equal(server.received.filter(({ type }) => type === 'resume').length, 1);
});

test('hears of channels that it comes to and goes from', async () => {
  connect();
  await connected();
  const added: string[] = [];
  const removed: string[] = [];
  session.events.on('added', ({ channel_id }) => added.push(channel_id));
  session.events.on('removed', ({ channel_id }) => removed.push(channel_id));
  server.addChannel('c');
  server.publish('c');
  server.broadcast({ type: 'channel.removed', channel_id: 'b' });
  await until(() => removed.length > 0, 'removed');
  assert.deepEqual([added, removed, seen.get('c')], [['c'], ['b'], [1]]);
});

test('whatever happens to the connection, the app sees each rev once and in order', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...CHANNELS).map((id) => () => void server.publish(id)) },
    { weight: 1, arbitrary: fc.constant(() => server.cut()) },
    { weight: 1, arbitrary: fc.nat(6).map((cutAfter) => () => void Object.assign(server, { cutAfter })) },
    { weight: 1, arbitrary: fc.boolean().map((duplicate) => () => void Object.assign(server, { duplicate })) },
    { weight: 1, arbitrary: fc.nat(3).map((lose) => () => void Object.assign(server, { lose })) },
    { weight: 1, arbitrary: fc.nat(8).map((resumeDelayMs) => () => void Object.assign(server, { resumeDelayMs })) },
    { weight: 1, arbitrary: fc.constantFrom(4408, 1012).map((code) => () => void server.refuse.push(code)) },
    { weight: 2, arbitrary: fc.constant(() => new Promise((resolve) => setTimeout(resolve, 5))) },
  );
  connect();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      session.stop();
      await server.close();
      server = await ScriptedServer.start(CHANNELS);
      connect();
      for (const act of steps) await act();
      Object.assign(server, { lose: 0, cutAfter: undefined });
      for (const id of CHANNELS) server.publish(id);
      await caughtUp();
      for (const id of CHANNELS) assert.deepEqual(seen.get(id), upTo(server.log(id).length));
      assert.deepEqual(resets, []);
    }),
    { numRuns: 60 },
  );
});
