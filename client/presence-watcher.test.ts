import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { PresenceWatcher } from './presence-watcher.ts';
import { ScriptedServer, until } from './scripted-server.ts';
import { MillraceSession } from './session.ts';

async function withWatcher(run: (server: ScriptedServer, watcher: PresenceWatcher) => Promise<void>) {
  const server = await ScriptedServer.start(['a']);
  const session = new MillraceSession({ url: server.url, token: 't', WebSocket, backoff: { baseMs: 4, capMs: 16 } });
  session.start();
  const watcher = new PresenceWatcher({ session, settleMs: 10 });
  try {
    await run(server, watcher);
  } finally {
    watcher.dispose();
    session.stop();
    await server.close();
  }
}

const asked = (server: ScriptedServer) =>
  server.received.filter(({ type }) => type === 'presence.watch').map(({ user_ids = [] }) => user_ids);

test('asks once for what many parts show, and tells of changes', () =>
  withWatcher(async (server, watcher) => {
    const told: string[] = [];
    watcher.events.on('change', ({ user_id, status }) => told.push(`${user_id} ${status}`));
    watcher.show('list', ['bob', 'carol', 'bob']);
    watcher.show('thread', ['carol', 'dave']);
    assert.equal(watcher.of('bob'), 'offline');
    await until(() => told.length === 3, 'three people');
    assert.deepEqual(asked(server), [['bob', 'carol', 'dave']]);
    server.broadcast({ type: 'presence', user_id: 'dave', status: 'busy' });
    await until(() => told.length === 4, 'a change');
    assert.equal(watcher.of('dave'), 'busy');
    watcher.show('list', ['carol', 'bob']);
    watcher.hide('thread');
    await until(() => asked(server).length === 2, 'fewer people');
    assert.deepEqual(asked(server)[1], ['bob', 'carol']);
    // Nobody tells of this one any more.
    assert.equal(watcher.of('dave'), 'offline');
    server.broadcast({ type: 'presence', user_id: 'dave', status: 'busy' });
    server.broadcast({ type: 'presence', user_id: 'bob', status: 'away' });
    await until(() => watcher.of('bob') === 'away', 'the next change');
    assert.equal(watcher.of('dave'), 'offline');
  }));

test('asks again after a reconnect, and hears what changed meanwhile', () =>
  withWatcher(async (server, watcher) => {
    watcher.show('list', ['bob']);
    await until(() => watcher.of('bob') === 'online', 'bob');
    server.broadcast({ type: 'presence', user_id: 'bob', status: 'away' });
    await until(() => watcher.of('bob') === 'away', 'bob goes');
    server.cut();
    await until(() => watcher.of('bob') === 'online', 'bob, asked for again');
    assert.deepEqual(asked(server), [['bob'], ['bob']]);
  }));

test('asks again when it was refused for the moment, for those on the screen by then', () =>
  withWatcher(async (server, watcher) => {
    server.unavailable = 3;
    watcher.show('list', ['bob']);
    await until(() => watcher.of('bob') === 'online', 'bob');
    assert.equal(asked(server).length, 4);
    server.unavailable = 1;
    watcher.show('list', ['bob', 'carol']);
    await until(() => server.unavailable === 0, 'refused');
    watcher.show('list', ['dave']);
    await until(() => watcher.of('dave') === 'online', 'dave');
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.deepEqual(asked(server).at(-1), ['dave']);
  }));

test('watches 500 at most, those of the first parts', () =>
  withWatcher(async (server, watcher) => {
    watcher.show('me', ['me']);
    watcher.show(
      'crowd',
      Array.from({ length: 700 }, (_, i) => `u${i}`),
    );
    await until(() => asked(server).length === 1, 'asked');
    assert.equal(asked(server)[0]?.length, 500);
    assert.ok(asked(server)[0]?.includes('me'));
  }));
