import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Identity } from '../../auth/claims.ts';
import type { Socket } from '../../transport/port.ts';
import { type SlackSocketPorts, SlackSockets } from './sockets.ts';

const nothing = (): undefined => undefined;

/** Sockets of bots that are in no channel. */
function slackSockets(): SlackSockets {
  const gateway = { acquirePerson: async () => undefined, releasePerson: nothing, release: nothing, feed: nothing };
  const logger = { warn: nothing, info: nothing, error: nothing };
  const context = {
    gateway,
    store: { memberships: async () => [] },
    directory: {},
    logger,
    watches: { forget: nothing },
  };
  const admission = { admit: async () => undefined };
  const ports = { context, admission, times: {}, ticketSecret: 'x'.repeat(32), observe: nothing };
  return new SlackSockets(ports as unknown as SlackSocketPorts);
}

const identity = (role: Identity['role']): Identity => ({
  ...{ workspace_id: 'w', user_id: 'bot', role, name: 'bot', email: undefined },
  expires: Date.now() / 1000 + 3600,
});

async function opened(sockets: SlackSockets, role: Identity['role']) {
  const said: string[] = [];
  const own = { send: (frame: Buffer | string) => void said.push(JSON.parse(frame.toString()).type), end: nothing };
  const socket = { ...own, terminate: nothing, ping: nothing, unsent: () => 0 } as unknown as Socket;
  sockets.open(socket, { query: `ticket=${sockets.ticket(identity(role))}` } as never);
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  return said;
}

test('an app whose role has changed begins anew: none of its sockets is told what the old role may hear', async () => {
  const sockets = slackSockets();
  const [first, second] = [await opened(sockets, 'admin'), await opened(sockets, 'admin')];
  assert.deepEqual([first, second], [['hello'], ['hello']]);
  const demoted = await opened(sockets, 'guest');
  assert.deepEqual([first, second, demoted], [['hello', 'disconnect'], ['hello', 'disconnect'], ['hello']]);
  assert.deepEqual(await opened(sockets, 'guest'), ['hello']);
  assert.deepEqual(demoted, ['hello']);
  sockets.drain();
});
