import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('unread, mentions, read markers', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function chat() {
    const { person } = workspace(server);
    const [alice, bob] = await Promise.all([person('alice'), person('bob')]);
    return { alice, bob, channel: await alice.makes('public', 'general', [bob]) };
  }

  const standing = async (who: Person, channel: string) => {
    const { channels } = (await who.get('/v1/unreads')).body;
    const found = channels.find(({ channel_id }) => channel_id === channel)!;
    return [found.last_seq, found.last_read_seq, found.unread, found.mentions];
  };

  it('counts what others say, and nothing of one’s own', async () => {
    const { alice, bob, channel } = await chat();
    assert.deepEqual(await standing(bob, channel), [0, 0, 0, 0]);
    for (let i = 0; i < 3; i++) await alice.say(channel, `m${i}`);
    assert.deepEqual(await standing(bob, channel), [3, 0, 3, 0]);
    assert.deepEqual(await standing(alice, channel), [3, 3, 0, 0]);
    await bob.say(channel, 'mine');
    assert.deepEqual(await standing(bob, channel), [4, 4, 0, 0]);
    assert.deepEqual(await standing(alice, channel), [4, 3, 1, 0]);
    const { total_unread, total_mentions } = (await alice.get('/v1/unreads')).body;
    assert.deepEqual([total_unread, total_mentions], [1, 0]);
  });

  it('does not count replies, edits, reactions; a deletion changes no count', async () => {
    const { alice, bob, channel } = await chat();
    const root = await alice.say(channel, 'root');
    await alice.say(channel, 'reply', { thread_id: root.message_id });
    await alice.patch(`/v1/channels/${channel}/messages/${root.message_id}`, { text: 'edited' });
    assert.deepEqual(await standing(bob, channel), [1, 0, 1, 0]);
    await alice.delete(`/v1/channels/${channel}/messages/${root.message_id}`);
    assert.deepEqual(await standing(bob, channel), [1, 0, 1, 0]);
  });

  it('counts <!here> for those who are online when it is sent, <!channel> for all', async () => {
    const { person } = workspace(server);
    const [alice, bob, carol] = await Promise.all([person('alice'), person('bob'), person('carol')]);
    const channel = await alice.makes('public', 'general', [bob, carol]);
    await bob.socket();
    await alice.say(channel, 'lunch <!here>');
    assert.deepEqual(await standing(bob, channel), [1, 0, 1, 1]);
    assert.deepEqual(await standing(carol, channel), [1, 0, 1, 0]);
    await alice.say(channel, 'all <!channel>');
    assert.deepEqual(await standing(carol, channel), [2, 0, 2, 1]);
    assert.deepEqual(await standing(alice, channel), [2, 2, 0, 0]);
  });

  it('counts <!here> and groups that an edit adds for those whom they reach then, until an edit removes them', async () => {
    const { person } = workspace(server);
    const [alice, bob, carol] = await Promise.all([person('alice', 'admin'), person('bob'), person('carol')]);
    const channel = await alice.makes('public', 'general', [bob, carol]);
    assert.equal((await alice.put('/v1/groups/g', { name: 'g', members: ['carol'] })).status, 200);
    const { message_id } = await alice.say(channel, 'lunch');
    for (const reader of [bob, carol]) await reader.put(`/v1/channels/${channel}/read`, { seq: 1 });
    const edit = (text: string) => alice.patch(`/v1/channels/${channel}/messages/${message_id}`, { text });
    const mentions = async () => [(await standing(bob, channel))[3], (await standing(carol, channel))[3]];
    const socket = await bob.socket();
    await edit('lunch <!here>');
    assert.deepEqual(await mentions(), [1, 0]);
    await edit('lunch at noon <!here>');
    assert.deepEqual(await mentions(), [1, 0], 'who was reached already is not reached anew');
    await edit('lunch at noon <!here> <!group:g>');
    assert.deepEqual(await mentions(), [1, 1]);
    await bob.put(`/v1/channels/${channel}/read`, { seq: 1 });
    await edit('lunch at one <!here> <!group:g>');
    assert.deepEqual(await mentions(), [0, 1]);
    await edit('lunch at one <!here>');
    assert.deepEqual(await mentions(), [0, 0]);
    await edit('lunch');
    await edit('lunch <!group:g> <!here>');
    assert.deepEqual(await mentions(), [1, 1], 'added again, it reaches anew');
    await edit('lunch <!group:g>');
    assert.deepEqual(await mentions(), [0, 1]);
    await alice.delete(`/v1/channels/${channel}/messages/${message_id}`);
    assert.deepEqual(await mentions(), [0, 0]);
    // The same of what was there from the start.
    const sent = await alice.say(channel, 'again <!here> <!group:g>');
    assert.deepEqual(await mentions(), [1, 1]);
    await alice.patch(`/v1/channels/${channel}/messages/${sent.message_id}`, { text: 'again <!group:g>' });
    assert.deepEqual(await mentions(), [0, 1]);
    await socket.close();
  });

  it('counts a mention from the change that made it, until the change that takes it back', async () => {
    const { alice, bob, channel } = await chat();
    const { message_id } = await alice.say(channel, 'hello');
    await bob.put(`/v1/channels/${channel}/read`, { seq: 1 });
    const edit = (text: string) => alice.patch(`/v1/channels/${channel}/messages/${message_id}`, { text });
    await edit('hello <@bob>');
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 1]);
    await bob.put(`/v1/channels/${channel}/read`, { seq: 1 });
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 0]);
    await edit('hello again <@bob>');
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 0], 'who is named already is not named anew');
    await edit('hello');
    await edit('hello <@bob> <!channel>');
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 1]);
    await alice.delete(`/v1/channels/${channel}/messages/${message_id}`);
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 0]);
  });

  it('moves last-read forward, never back, at most to the head', async () => {
    const { alice, bob, channel } = await chat();
    for (let i = 0; i < 5; i++) await alice.say(channel, `m${i}`);
    const read = async (seq: unknown) => bob.put(`/v1/channels/${channel}/read`, { seq });
    const { status, body } = await read(3);
    assert.equal(status, 200);
    assert.deepEqual(body as object, { channel_id: channel, last_read_seq: 3, unread: 2, mentions: 0 });
    assert.equal((await read(1)).body.last_read_seq, 3);
    assert.equal((await read(99)).body.last_read_seq, 5);
    assert.equal((await read(0)).body.last_read_seq, 5);
    for (const seq of [-1, 1.5, '2', null, undefined]) {
      const answer = await read(seq);
      assert.equal(answer.status, 400, String(seq));
      assert.match(answer.body.detail, /seq/);
    }
  });

  it('reads up to the head by joining', async () => {
    const { alice, channel } = await chat();
    for (let i = 0; i < 4; i++) await alice.say(channel, `<!channel> ${i}`);
    const carol = await workspace(server, alice.workspace).person('carol');
    await carol.put(`/v1/channels/${channel}/members/carol`);
    assert.deepEqual(await standing(carol, channel), [4, 4, 0, 0]);
    await alice.say(channel, 'later');
    assert.deepEqual(await standing(carol, channel), [5, 4, 1, 0]);
  });

  it('counts mentions of oneself and of the channel, until read up to them', async () => {
    const { alice, bob, channel } = await chat();
    await alice.say(channel, 'hi <@bob>');
    await alice.say(channel, 'all: <!channel>');
    await alice.say(channel, 'both <@bob> <!channel>');
    await alice.say(channel, 'nobody');
    assert.deepEqual(await standing(bob, channel), [4, 0, 4, 3]);
    assert.deepEqual(await standing(alice, channel), [4, 4, 0, 0]);
    const { body } = await bob.put(`/v1/channels/${channel}/read`, { seq: 2 });
    assert.deepEqual([body.unread, body.mentions], [2, 1]);
    assert.equal((await bob.get('/v1/unreads')).body.total_mentions, 1);
    const after = (await bob.put(`/v1/channels/${channel}/read`, { seq: 4 })).body;
    assert.deepEqual([after.unread, after.mentions], [0, 0]);
  });

  it('counts no mention that was deleted or edited away, and one that an edit brings', async () => {
    const { alice, bob, channel } = await chat();
    const base = `/v1/channels/${channel}/messages`;
    const gone = await alice.say(channel, '<@bob> 1');
    const away = await alice.say(channel, '<@bob> 2');
    const all = await alice.say(channel, '<!channel>');
    const brought = await alice.say(channel, 'nobody yet');
    assert.equal((await standing(bob, channel))[3], 3);
    await alice.delete(`${base}/${gone.message_id}`);
    assert.equal((await standing(bob, channel))[3], 2);
    await alice.patch(`${base}/${away.message_id}`, { text: 'not any more' });
    assert.equal((await standing(bob, channel))[3], 1);
    await alice.patch(`${base}/${all.message_id}`, { text: 'no one' });
    assert.equal((await standing(bob, channel))[3], 0);
    await alice.patch(`${base}/${brought.message_id}`, { text: 'yes <@bob>' });
    assert.equal((await standing(bob, channel))[3], 1);
  });

  it('counts mentions in replies, and reads them at the head even where seq does not move', async () => {
    const { alice, bob, channel } = await chat();
    const root = await alice.say(channel, 'root');
    await bob.put(`/v1/channels/${channel}/read`, { seq: 1 });
    await alice.say(channel, 'psst <@bob>', { thread_id: root.message_id });
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 1]);
    const { body } = await bob.put(`/v1/channels/${channel}/read`, { seq: 1 });
    assert.deepEqual([body.last_read_seq, body.unread, body.mentions], [1, 0, 0]);
    assert.deepEqual(await standing(bob, channel), [1, 1, 0, 0]);
  });

  it('tells all of one’s sockets, and nobody else', async () => {
    const { alice, bob, channel } = await chat();
    await alice.say(channel, 'one');
    await alice.say(channel, 'two <@bob>');
    const [phone, laptop, hers] = [await bob.socket(), await bob.socket(), await alice.socket()];
    const acked = await phone.ask({ type: 'read', channel_id: channel, seq: 1 });
    assert.equal(acked.type, 'ack');
    assert.deepEqual([acked.channel_id, acked.last_read_seq, acked.unread, acked.mentions], [channel, 1, 1, 1]);
    const heard = await laptop.next('read');
    assert.deepEqual([heard.channel_id, heard.last_read_seq, heard.unread, heard.mentions], [channel, 1, 1, 1]);
    await bob.put(`/v1/channels/${channel}/read`, { seq: 2 });
    for (const socket of [phone, laptop]) {
      const read = await socket.next((frame) => frame.type === 'read' && frame.last_read_seq === 2);
      assert.deepEqual([read.unread, read.mentions], [0, 0]);
    }
    await hers.settled();
    assert.ok(!hers.frames.some(({ type }) => type === 'read'));
    await Promise.all([phone, laptop, hers].map((socket) => socket.close()));
  });

  it('keeps what was read over a crash', async () => {
    const { alice, bob, channel } = await chat();
    for (let i = 0; i < 3; i++) await alice.say(channel, `<@bob> ${i}`);
    await bob.put(`/v1/channels/${channel}/read`, { seq: 2 });
    await server.kill();
    await server.restart();
    await eventually(async () => assert.deepEqual(await standing(bob, channel), [3, 2, 1, 1]));
  });
});
