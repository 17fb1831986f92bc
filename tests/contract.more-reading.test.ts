import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('marking as unread, threads, earlier texts', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function room() {
    const { person } = workspace(server);
    const [alice, bob] = await Promise.all([person('alice'), person('bob')]);
    const channel = await alice.makes('public', 'general', [bob]);
    return { alice, bob, channel, person };
  }

  const stands = async (who: Person, channel: string) => {
    const { channels } = (await who.get('/v1/unreads')).body;
    const { last_read_seq, unread, mentions } = channels.find((one) => one.channel_id === channel)!;
    return [last_read_seq, unread, mentions];
  };

  it('marks a message and all behind it unread, on all of one’s devices; reading goes on from there', async () => {
    const { alice, bob, channel } = await room();
    for (const text of ['one', 'two <@bob>', 'three', 'four']) await alice.say(channel, text);
    await bob.put(`/v1/channels/${channel}/read`, { seq: 4 });
    assert.deepEqual(await stands(bob, channel), [4, 0, 0]);
    const other = await bob.socket();
    const marked = await bob.put(`/v1/channels/${channel}/unread`, { seq: 2 });
    assert.equal(marked.status, 200);
    assert.deepEqual(marked.body, { channel_id: channel, last_read_seq: 1, unread: 3, mentions: 1 });
    assert.deepEqual(await stands(bob, channel), [1, 3, 1]);
    const heard = await other.next('read');
    assert.deepEqual([heard.last_read_seq, heard.unread, heard.mentions], [1, 3, 1]);

    const read = await other.ask({ type: 'read', channel_id: channel, seq: 3 });
    assert.deepEqual([read.last_read_seq, read.unread, read.mentions], [3, 1, 0]);
    const again = await other.ask({ type: 'unread', channel_id: channel, seq: 1 });
    assert.deepEqual([again.type, again.last_read_seq, again.unread], ['ack', 0, 4]);
    await bob.say(channel, 'five, which reads all before it');
    assert.deepEqual(await stands(bob, channel), [5, 0, 0]);
    await other.close();
  });

  it('refuses what can not be marked', async () => {
    const { bob, channel, person } = await room();
    const eve = await person('eve');
    const marks = (who: Person, seq: unknown) => who.put(`/v1/channels/${channel}/unread`, { seq });
    for (const seq of [0, -1, 1, 'two']) assert.equal((await marks(bob, seq)).status, 400, String(seq));
    assert.equal((await marks(eve, 1)).status, 403);
    assert.equal((await eve.put('/v1/channels/nowhere/unread', { seq: 1 })).status, 404);
  });

  it('reads all of one’s channels at once', async () => {
    const { alice, bob, channel } = await room();
    const second = await alice.makes('private', 'plans', [bob]);
    await alice.makes('public', 'silence', [bob]);
    await alice.say(channel, 'hello <@bob>');
    await alice.say(second, 'and here');
    assert.equal((await bob.get('/v1/unreads')).body.total_unread, 2);
    const read = await bob.put('/v1/unreads/read');
    assert.equal(read.status, 200);
    assert.deepEqual([read.body.total_unread, read.body.total_mentions, read.body.channels.length], [0, 0, 3]);
    assert.equal((await bob.get('/v1/unreads')).body.total_unread, 0);
  });

  it('tells who takes part in a thread, and how far one has read it', async () => {
    const { alice, bob, channel } = await room();
    const root = await alice.say(channel, 'what do you think?');
    const path = `/v1/channels/${channel}/messages/${root.message_id}/thread`;
    const empty = (await alice.get(path)).body;
    assert.deepEqual([empty.participants, empty.last_read_id], [[], null]);
    const first = await bob.say(channel, 'well', { thread_id: root.message_id });
    const second = await bob.say(channel, 'hm', { thread_id: root.message_id });
    assert.equal((await alice.get(path)).body.last_read_id, null);
    assert.equal((await bob.get(path)).body.last_read_id, second.message_id, 'one’s own replies are read');
    const [device, other] = [await alice.socket(), await alice.socket()];
    const read = await device.ask({
      type: 'thread.read',
      channel_id: channel,
      thread_id: root.message_id,
      message_id: first.message_id,
    });
    assert.deepEqual([read.type, read.last_read_id], ['ack', first.message_id]);
    assert.equal((await other.next('thread.read')).last_read_id, first.message_id);
    assert.equal(
      (await alice.put(`${path}/read`, { message_id: second.message_id })).body.last_read_id,
      second.message_id,
    );
    assert.equal(
      (await alice.put(`${path}/read`, { message_id: first.message_id })).body.last_read_id,
      second.message_id,
    );
    const now = (await alice.get(`${path}?after=${second.message_id}`)).body;
    assert.deepEqual([now.participants, now.last_read_id, now.messages], [['bob'], second.message_id, []]);
    const elsewhere = await alice.say(channel, 'another');
    assert.equal((await alice.put(`${path}/read`, { message_id: elsewhere.message_id })).status, 404);
    assert.equal((await alice.put(`${path}/read`, { message_id: 'x' })).status, 404);
    const noThread = `/v1/channels/${channel}/messages/x/thread`;
    assert.equal((await alice.get(noThread)).status, 404);
    assert.equal((await alice.put(`${noThread}/read`, { message_id: first.message_id })).status, 404);
    assert.equal((await alice.get(`/v1/channels/${channel}/messages/x/edits`)).status, 404);
    await Promise.all([device.close(), other.close()]);
  });

  it('keeps earlier texts for the author and admins, and none of a deleted message', async () => {
    const { alice, bob, channel, person } = await room();
    const admin = await person('admin', 'admin');
    const { message_id } = await alice.say(channel, 'first');
    const message = `/v1/channels/${channel}/messages/${message_id}`;
    await alice.patch(message, { text: 'second' });
    await bob.put(`${message}/reactions/tada`);
    await alice.patch(message, { text: 'third' });
    const texts = async (who: Person) => (await who.get(`${message}/edits`)).body.versions.map(({ text }) => text);
    assert.deepEqual(await texts(alice), ['second', 'first']);
    assert.deepEqual(await texts(admin), ['second', 'first']);
    assert.equal((await bob.get(`${message}/edits`)).status, 403);
    assert.equal((await alice.get(`/v1/channels/${channel}/messages/1/edits`)).status, 404);
    await alice.delete(message);
    assert.deepEqual(await texts(admin), []);
  });
});
