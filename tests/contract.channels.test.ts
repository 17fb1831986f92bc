import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('channels', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function people() {
    const { person, id } = workspace(server);
    const [alice, bob, carol, admin, guest] = await Promise.all([
      person('alice'),
      person('bob'),
      person('carol'),
      person('admin', 'admin'),
      person('guest', 'guest'),
    ]);
    return { alice, bob, carol, admin, guest, id };
  }

  it('makes one with its creator and members, and shows it in the contract’s shape', async () => {
    const { alice, bob, id } = await people();
    const made = await alice.post('/v1/channels', { name: 'general', type: 'public', members: ['bob'] });
    assert.equal(made.status, 201);
    const { channel } = made.body;
    assert.deepEqual(Object.keys(channel).sort(), [
      'archived',
      'channel_id',
      'created_at',
      'creator_id',
      'head',
      'history_from',
      'member_count',
      'name',
      'posting',
      'topic',
      'type',
      'workspace_id',
    ]);
    assert.equal(channel.workspace_id, id);
    assert.equal(channel.name, 'general');
    assert.equal(channel.type, 'public');
    assert.equal(channel.creator_id, 'alice');
    assert.equal(channel.archived, false);
    assert.equal(channel.member_count, 2);
    assert.match(channel.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    assert.deepEqual((await bob.get(`/v1/channels/${channel.channel_id}`)).body.channel, channel);
    const { members, next_cursor } = (await bob.get(`/v1/channels/${channel.channel_id}/members`)).body;
    assert.deepEqual(members.map(({ user_id }) => user_id).sort(), ['alice', 'bob']);
    assert.equal(next_cursor, null);
  });

  it('names unknown members in a 404, and makes nothing then', async () => {
    const { alice } = await people();
    const made = await alice.post('/v1/channels', { name: 'x', type: 'public', members: ['bob', 'nobody-here'] });
    assert.equal(made.status, 404);
    assert.equal(made.body.code, 'not_found');
    assert.match(made.body.detail, /nobody-here/);
    assert.doesNotMatch(made.body.detail, /bob/);
    assert.deepEqual((await alice.get('/v1/channels')).body.channels, []);
  });

  it('refuses a taken name with 409, also by renaming', async () => {
    const { alice, bob } = await people();
    await alice.makes('public', 'one');
    const again = await bob.post('/v1/channels', { name: 'one', type: 'public' });
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'conflict');
    const two = await bob.makes('public', 'two');
    assert.equal((await bob.patch(`/v1/channels/${two}`, { name: 'one' })).status, 409);
  });

  it('needs a name but for a dm, and a type that exists', async () => {
    const { alice } = await people();
    for (const body of [
      { type: 'public' },
      { type: 'public', name: '' },
      { type: 'private', name: '   ' },
      { type: 'open', name: 'a' },
      { name: 'a' },
      { type: 'public', name: 5 },
    ]) {
      const { status, body: problem } = await alice.post('/v1/channels', body);
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(problem.detail, /name|type/);
    }
  });

  it('gives the same people the same dm, in whatever order and by whomever', async () => {
    const { alice, bob, carol } = await people();
    const first = await alice.post('/v1/channels', { type: 'dm', members: ['bob'] });
    assert.equal(first.status, 201);
    const id = first.body.channel.channel_id;
    const again = await bob.post('/v1/channels', { type: 'dm', members: ['alice'] });
    assert.equal(again.status, 200);
    assert.equal(again.body.channel.channel_id, id);
    const withSelf = await alice.post('/v1/channels', { type: 'dm', members: ['alice', 'bob'] });
    assert.equal(withSelf.body.channel.channel_id, id);
    const three = await alice.post('/v1/channels', { type: 'dm', members: ['carol', 'bob'] });
    assert.equal(three.status, 201);
    assert.notEqual(three.body.channel.channel_id, id);
    assert.equal(
      (await carol.post('/v1/channels', { type: 'dm', members: ['alice', 'bob'] })).body.channel.channel_id,
      three.body.channel.channel_id,
    );
  });

  it('makes one dm when both ask at once', async () => {
    const { alice, bob } = await people();
    const answers = await Promise.all(
      [alice, bob, alice, bob].map((one) =>
        one.post('/v1/channels', { type: 'dm', members: [one === alice ? 'bob' : 'alice'] }),
      ),
    );
    assert.equal(new Set(answers.map(({ body }) => body.channel.channel_id)).size, 1);
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  });

  it('repeats a creation under the same Idempotency-Key', async () => {
    const { alice } = await people();
    const body = { name: 'keyed', type: 'public' };
    const first = await alice.post('/v1/channels', body, { 'idempotency-key': 'k1' });
    const second = await alice.post('/v1/channels', body, { 'idempotency-key': 'k1' });
    assert.equal(first.status, 201);
    assert.equal(second.status, 200);
    assert.equal(second.body.channel.channel_id, first.body.channel.channel_id);
    assert.equal((await alice.post('/v1/channels', body, { 'idempotency-key': 'k2' })).status, 409);
  });

  it('lists one’s own, or the public ones to join, by pages', async () => {
    const { alice, bob, guest } = await people();
    const made = new Set<string>();
    for (let i = 0; i < 5; i++) made.add(await alice.makes('public', `p${i}`));
    const secret = await alice.makes('private', 'secret');
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/v1/channels?member=false&limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const { body, status } = await bob.get(path);
      assert.equal(status, 200);
      assert.ok(body.channels.length <= 2);
      found.push(...body.channels.map(({ channel_id }) => channel_id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    assert.equal(found.length, 5);
    assert.deepEqual(new Set(found), made);
    const own = (await alice.get('/v1/channels?member=true')).body.channels.map(({ channel_id }) => channel_id);
    assert.deepEqual(new Set(own), new Set([...made, secret]));
    assert.deepEqual((await bob.get('/v1/channels')).body.channels, []);
    assert.deepEqual((await guest.get('/v1/channels?member=false')).body.channels, []);
  });

  it('lets each change what they may: 403 for others, 404 for outsiders of private ones', async () => {
    const { alice, bob, carol, admin, guest } = await people();
    const open = await alice.makes('public', 'open', [bob]);
    const hidden = await alice.makes('private', 'hidden', [bob]);
    const patch = async (who: typeof alice, channel: string, body: object): Promise<number> =>
      (await who.patch(`/v1/channels/${channel}`, body)).status;
    // The topic: any member. The name: creator, admin, owner.
    assert.equal(await patch(bob, open, { topic: 'about' }), 200);
    assert.equal(await patch(bob, open, { name: 'bobs' }), 403);
    assert.equal(await patch(bob, open, { archived: true }), 403);
    assert.equal(await patch(carol, open, { topic: 'no' }), 403);
    assert.equal(await patch(alice, open, { name: 'renamed' }), 200);
    assert.equal(await patch(admin, open, { name: 'again' }), 200);
    assert.equal(await patch(carol, hidden, { topic: 'no' }), 404);
    assert.equal(await patch(admin, hidden, { name: 'no' }), 404);
    assert.equal(await patch(guest, open, { topic: 'no' }), 404);
    const { channel } = (await bob.get(`/v1/channels/${open}`)).body;
    assert.equal(channel.name, 'again');
    assert.equal(channel.topic, 'about');

    // Reading, sending, joining, inviting, removing.
    const status = async (answer: Promise<{ status: number }>): Promise<number> => (await answer).status;
    const message = { channel_id: open, text: 'x', client_msg_id: 'm' };
    assert.equal(await status(carol.get(`/v1/channels/${open}/messages`)), 200);
    assert.equal(await status(carol.post('/v1/messages', message)), 403);
    assert.equal(await status(guest.get(`/v1/channels/${open}/messages`)), 404);
    assert.equal(await status(guest.post('/v1/messages', message)), 404);
    assert.equal(await status(guest.put(`/v1/channels/${open}/members/guest`)), 404);
    assert.equal(await status(guest.post('/v1/channels', { type: 'public', name: 'g' })), 403);
    for (const path of ['', '/messages', '/members'])
      assert.equal(await status(carol.get(`/v1/channels/${hidden}${path}`)), 404);
    assert.equal(await status(carol.post('/v1/messages', { ...message, channel_id: hidden })), 404);
    assert.equal(await status(carol.put(`/v1/channels/${hidden}/members/carol`)), 404);
    assert.equal(await status(carol.put(`/v1/channels/${open}/members/guest`)), 403);
    assert.equal(await status(carol.put(`/v1/channels/${open}/read`, { seq: 0 })), 403);
    assert.equal(await status(carol.put(`/v1/channels/${open}/members/carol`)), 204);
    assert.equal(await status(carol.post('/v1/messages', message)), 201);
    assert.equal(await status(carol.delete(`/v1/channels/${open}/members/bob`)), 403);
    assert.equal(await status(bob.put(`/v1/channels/${hidden}/members/carol`)), 204);
    assert.equal(await status(carol.get(`/v1/channels/${hidden}/messages`)), 200);
    assert.equal(await status(alice.delete(`/v1/channels/${hidden}/members/carol`)), 204);
    assert.equal(await status(carol.get(`/v1/channels/${hidden}/messages`)), 404);
    assert.equal(await status(bob.put(`/v1/channels/${open}/members/guest`)), 204);
    assert.equal(await status(guest.post('/v1/messages', { ...message, client_msg_id: 'g' })), 201);
    assert.equal(await status(alice.put(`/v1/channels/${open}/members/nobody`)), 404);
    assert.equal(await status(bob.delete(`/v1/channels/${open}/members/bob`)), 204);
    assert.equal(await status(alice.get('/v1/channels/none')), 404);
  });

  it('keeps an archived channel readable, and refuses changes with 409 until it is un-archived', async () => {
    const { alice, bob, carol } = await people();
    const channel = await alice.makes('public', 'old', [bob]);
    const said = await alice.say(channel, 'kept');
    const archived = await alice.patch(`/v1/channels/${channel}`, { archived: true });
    assert.equal(archived.status, 200);
    assert.equal(archived.body.channel.archived, true);
    const base = `/v1/channels/${channel}`;
    assert.equal((await bob.get(`${base}/messages`)).body.messages.length, 1);
    const refused = await Promise.all([
      bob.post('/v1/messages', { channel_id: channel, text: 'x', client_msg_id: 'x' }),
      carol.put(`${base}/members/carol`),
      bob.put(`${base}/members/carol`),
      alice.patch(base, { name: 'new' }),
      bob.patch(base, { topic: 'new' }),
      alice.patch(`${base}/messages/${said.message_id}`, { text: 'y' }),
      alice.delete(`${base}/messages/${said.message_id}`),
      bob.put(`${base}/messages/${said.message_id}/reactions/tada`),
      bob.delete(`${base}/members/bob`),
    ]);
    assert.deepEqual(
      refused.map(({ status, body }) => `${status} ${body.code}`),
      refused.map(() => '409 conflict'),
    );
    assert.equal((await bob.patch(base, { archived: false })).status, 403);
    assert.equal((await alice.patch(base, { archived: false })).status, 200);
    await bob.say(channel, 'again');
  });
});
