import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { WebSocket } from 'ws';
import { createClient, type MillraceClient } from '../client/index.ts';
import type { SocketConstructor } from '../client/socket-like.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

let server: Server;
const clients: MillraceClient[] = [];
before(async () => {
  server = await Server.start();
});
after(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

/** The SDK as someone, connected. */
async function connected(person: Person): Promise<MillraceClient> {
  const given = { url: server.url, token: () => person.token, WebSocket: WebSocket as unknown as SocketConstructor };
  const client = createClient(given);
  clients.push(client);
  const here = new Promise((resolve) => client.session.events.on('hello', resolve));
  client.session.start();
  await here;
  return client;
}

it('the client reads, marks as unread, follows threads, and tells its other devices', async () => {
  const { person } = workspace(server);
  const [alice, bob] = await Promise.all([person('alice'), person('bob')]);
  const channel = await alice.makes('public', 'general', [bob]);
  const { rest } = await connected(bob);
  const other = await connected(bob);
  const heard: unknown[] = [];
  other.session.events.on('read', ({ last_read_seq, unread }) => heard.push([last_read_seq, unread]));
  other.session.events.on('threadRead', ({ thread_id, last_read_id }) => heard.push([thread_id, last_read_id]));
  const root = await alice.say(channel, 'one');
  await alice.say(channel, 'two');
  assert.equal((await rest.markRead(channel, 2)).unread, 0);
  assert.equal((await rest.markUnread(channel, 2)).unread, 1);
  assert.equal((await other.session.request('unread', { channel_id: channel, seq: 1 })).unread, 2);
  assert.equal((await rest.markAllRead()).total_unread, 0);
  const reply = await alice.say(channel, 'a reply', { thread_id: root.message_id });
  const [thread_id, message_id] = [root.message_id, reply.message_id];
  assert.equal((await rest.markThreadRead(channel, thread_id, message_id)).last_read_id, message_id);
  const wanted = [
    [2, 0],
    [1, 1],
    [2, 0],
    [thread_id, message_id],
  ];
  await eventually(() => assert.deepEqual(heard, wanted));
});

it('the client manages people, groups and channels, and reads what was changed', async () => {
  const { person } = workspace(server);
  const [admin, bob] = await Promise.all([person('admin', 'admin'), person('bob')]);
  const { rest } = await connected(admin);
  const { channel_id } = await rest.createChannel({ name: 'news', type: 'public' });
  assert.equal((await rest.updateChannel(channel_id, { posting: 'managers' })).posting, 'managers');
  const message = await rest.send({ channel_id, text: 'frist' });
  await rest.edit(channel_id, message.message_id, 'first');
  assert.deepEqual(
    (await rest.edits(channel_id, message.message_id)).map(({ text }) => text),
    ['frist'],
  );
  await admin.put('/v1/groups/all', { name: 'All', members: ['bob'] });
  assert.deepEqual((await rest.group('all')).members, ['bob']);
  assert.equal((await rest.groups()).groups.length, 1);
  await rest.setPresence('busy', new Date(Date.now() + 60_000).toISOString());
  assert.equal((await rest.setDeactivated('bob', true)).deactivated, true);
  assert.equal((await bob.get('/v1/unreads')).status, 403);
  const { entries } = await rest.audit({ limit: 10 });
  assert.deepEqual(
    entries.map(({ action }) => action),
    ['person.deactivated', 'group.changed', 'channel.changed', 'channel.created'],
  );
});
