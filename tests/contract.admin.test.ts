import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { openSocket } from './support/socket.ts';

describe('what admins do', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function people() {
    const { person } = workspace(server);
    const [alice, bob, olga] = await Promise.all([person('alice', 'admin'), person('bob'), person('olga', 'owner')]);
    return { alice, bob, olga, person };
  }

  it('ends a person’s access on open sockets within a second, and gives it back', async () => {
    const { alice, bob } = await people();
    const channel = await alice.makes('public', 'general', [bob]);
    const sockets = [await bob.socket(), await bob.socket()];
    const began = Date.now();
    const ended = await alice.patch('/v1/users/bob', { deactivated: true });
    assert.equal(ended.status, 200);
    assert.equal(ended.body.user.deactivated, true);
    for (const socket of sockets) assert.equal(await socket.closed, 4403);
    assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`);
    await eventually(async () => assert.equal((await bob.get('/v1/unreads')).status, 403), 1000);
    const again = openSocket(server, bob.token);
    assert.equal(await again.closed, 4403);

    assert.equal((await alice.patch('/v1/users/bob', { deactivated: false })).status, 200);
    await eventually(async () => assert.equal((await bob.get('/v1/unreads')).status, 200), 1500);
    const socket = await bob.socket();
    await alice.say(channel, 'welcome back');
    assert.equal((await socket.event()).event.message.text, 'welcome back');
    await socket.close();
  });

  it('lets members end nobody’s access, nobody their own, and admins no owner’s', async () => {
    const { alice, bob, olga } = await people();
    const off = { deactivated: true };
    assert.equal((await bob.patch('/v1/users/alice', off)).status, 403);
    assert.equal((await alice.patch('/v1/users/alice', off)).status, 403);
    assert.equal((await alice.patch('/v1/users/olga', off)).status, 403);
    assert.equal((await alice.patch('/v1/users/nobody', off)).status, 404);
    assert.equal((await alice.patch('/v1/users/bob', { deactivated: 'yes' })).status, 400);
    assert.equal((await olga.patch('/v1/users/alice', off)).status, 200);
    assert.equal((await olga.patch('/v1/users/alice', off)).status, 200, 'again: no change');
  });

  it('reads who did what, the newest first, page by page; others read nothing of it', async () => {
    const { alice, bob } = await people();
    const channel = await bob.makes('private', 'plans');
    await bob.patch(`/v1/channels/${channel}`, { topic: 'what next' });
    await bob.put(`/v1/channels/${channel}/members/alice`);
    await alice.patch('/v1/users/bob', { deactivated: true });
    const first = await alice.get('/v1/audit?limit=2');
    assert.equal(first.status, 200);
    const rest = await alice.get(`/v1/audit?cursor=${first.body.next_cursor}`);
    const told = [...first.body.entries, ...rest.body.entries].map((entry) => [
      entry.action,
      entry.actor_id,
      entry.channel_id,
      entry.user_ids,
    ]);
    assert.deepEqual(told, [
      ['person.deactivated', 'alice', null, ['bob']],
      ['members.added', 'bob', channel, ['alice']],
      ['channel.changed', 'bob', channel, []],
      ['channel.created', 'bob', channel, ['bob']],
    ]);
    assert.deepEqual(rest.body.entries[0]!.changes, [{ field: 'topic', before: '', after: 'what next' }]);
    assert.equal(rest.body.next_cursor, null);
    const filtered = await alice.get('/v1/audit?action=channel.changed&actor_id=bob');
    assert.equal(filtered.body.entries.length, 1);
    assert.equal((await alice.get('/v1/audit?action=coffee')).status, 400);
    const { person } = workspace(server, alice.workspace);
    const carol = await person('carol');
    assert.equal((await carol.get('/v1/audit')).status, 403);
    const { person: elsewhere } = workspace(server);
    const eve = await elsewhere('eve', 'owner');
    assert.deepEqual((await eve.get('/v1/audit')).body.entries, []);
  });

  it('reads of a hidden channel that something was done, by whom and when, and neither names nor members', async () => {
    const { alice, bob, olga } = await people();
    const channel = await bob.makes('private', 'plans', [olga]);
    await bob.patch(`/v1/channels/${channel}`, { topic: 'a takeover' });
    await bob.patch(`/v1/channels/${channel}`, { name: 'bigger plans', posting: 'managers' });
    const open = await bob.makes('public', 'open');
    const { entries } = (await alice.get('/v1/audit')).body;
    assert.doesNotMatch(JSON.stringify(entries), /plans|takeover|olga/);
    const hidden = entries.filter((entry) => entry.channel_id === channel);
    assert.deepEqual(
      hidden.map(({ action, actor_id, user_ids, redacted }) => [action, actor_id, user_ids, redacted]),
      ['channel.changed', 'channel.changed', 'channel.created'].map((action) => [action, 'bob', [], true]),
    );
    assert.deepEqual(
      hidden[0]!.changes.find(({ field }) => field === 'name'),
      { field: 'name', before: '', after: '' },
    );
    assert.deepEqual(hidden.at(-1)!.changes[0], { field: 'type', before: '', after: 'private' });
    const shown = entries.find((entry) => entry.channel_id === open)!;
    assert.deepEqual([shown.user_ids, shown.redacted], [['bob'], undefined]);
    // Whoever is in it reads it all.
    const known = (await olga.get(`/v1/audit?channel_id=${channel}`)).body.entries;
    assert.match(JSON.stringify(known), /bigger plans.*takeover.*olga/s);
  });

  it('makes groups, which a text mentions together: those of them who are in the channel', async () => {
    const { alice, bob, olga } = await people();
    const channel = await alice.makes('public', 'general', [bob]);
    assert.equal((await bob.put('/v1/groups/writers', { name: 'Writers', members: ['bob'] })).status, 403);
    const made = await alice.put('/v1/groups/writers', { name: 'Writers', members: ['bob', 'olga', 'alice'] });
    assert.equal(made.status, 200);
    const shown = { group_id: 'writers', name: 'Writers', member_count: 3 };
    assert.deepEqual(made.body.group, { ...shown, members: ['alice', 'bob', 'olga'] });
    assert.deepEqual((await bob.get('/v1/groups')).body.groups, [shown]);
    assert.equal((await bob.get('/v1/groups/readers')).status, 404);
    assert.equal((await alice.put('/v1/groups/x', { name: 'X', members: ['nobody'] })).status, 404);
    assert.equal((await alice.put('/v1/groups/x', { name: ' ', members: [] })).status, 400);

    const mentions = async (who: typeof bob) =>
      (await who.get('/v1/unreads')).body.channels.find((one) => one.channel_id === channel)?.mentions;
    const message = await alice.say(channel, 'dear <!group:writers>, and <!group:nobody>');
    assert.deepEqual(message.mentions, []);
    assert.deepEqual([await mentions(alice), await mentions(bob), await mentions(olga)], [0, 1, undefined]);
    await alice.delete(`/v1/channels/${channel}/messages/${message.message_id}`);
    assert.equal(await mentions(bob), 0);
    assert.equal((await bob.delete('/v1/groups/writers')).status, 403);
    assert.equal((await alice.delete('/v1/groups/writers')).status, 204);
    await alice.say(channel, 'dear <!group:writers>');
    assert.equal(await mentions(bob), 0);
  });

  it('makes a channel for announcements: managers post, members reply and react', async () => {
    const { alice, bob } = await people();
    const channel = await alice.makes('public', 'news', [bob]);
    const socket = await bob.socket();
    assert.equal((await bob.patch(`/v1/channels/${channel}`, { posting: 'managers' })).status, 403);
    const changed = await alice.patch(`/v1/channels/${channel}`, { posting: 'managers' });
    assert.equal(changed.body.channel.posting, 'managers');
    const told = await socket.event();
    assert.equal(told.event.kind, 'channel.changed');
    assert.equal(told.event.channel.posting, 'managers');
    const send = (text: string, more = {}) =>
      bob.post('/v1/messages', { channel_id: channel, text, client_msg_id: text, ...more });
    const refused = await send('me too');
    assert.equal(refused.status, 403);
    assert.match(refused.body.detail, /reply in a thread/);
    const root = await alice.say(channel, 'hear ye');
    assert.equal((await send('a reply', { thread_id: root.message_id })).status, 201);
    const reaction = `/v1/channels/${channel}/messages/${root.message_id}/reactions/tada`;
    assert.equal((await bob.put(reaction)).status, 200);
    await alice.patch(`/v1/channels/${channel}`, { posting: 'everyone' });
    assert.equal((await send('at last')).status, 201);
    await socket.close();
  });
});
