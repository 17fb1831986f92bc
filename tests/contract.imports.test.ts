import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('imports', () => {
  let server: Server;
  let admin: Person;
  let member: Person;
  before(async () => {
    server = await Server.start({ MILLRACE_RATE_LIMIT: 'on' });
    const { person } = workspace(server);
    admin = await person('admin', 'admin');
    member = await person('member');
  });
  after(() => server.stop());

  const people = ['U1', 'U2'].map((user_id) => ({ type: 'user', user_id, name: `Name ${user_id}` }));
  const channel = (channel_id: string, name: string) => ({
    type: 'channel',
    channel_id,
    name,
    channel_type: 'public',
    creator_id: 'U1',
    members: ['U1', 'U2', 'member'],
    created_at: '2020-01-01T00:00:00Z',
  });
  const message = (channel_id: string, n: number, more: object = {}) => ({
    type: 'message',
    channel_id,
    user_id: n % 2 ? 'U1' : 'U2',
    text: `old ${n}`,
    client_msg_id: `slack:${channel_id}:${n}`,
    created_at: new Date(Date.UTC(2020, 0, 2) + n * 1000).toISOString(),
    ...more,
  });
  const take = (items: object[], who = admin) => who.post('/v1/imports', { items });

  it('are for admins and owners: the role is checked before the body', async () => {
    assert.equal((await take([], member)).status, 403);
    assert.equal((await member.post('/v1/imports', 'nonsense')).status, 403);
    assert.equal((await admin.post('/v1/imports', 'nonsense')).status, 400);
    assert.equal((await take(Array.from({ length: 501 }, () => people[0]!))).status, 400);
    const owner = await workspace(server, admin.workspace).person('owner', 'owner');
    assert.equal((await take(people, owner)).status, 200);
  });

  it('take messages with their own authors and times; again adds nothing', async () => {
    const items = [
      ...people,
      channel('C1', 'imported'),
      message('C1', 1, { reactions: [{ emoji: 'tada', user_ids: ['U2', 'member'] }] }),
      message('C1', 2, { text: '', client_msg_id: 'slack:C1:2' }),
      message('C1', 3, { text: 'hello <@member>' }),
      message('C1', 4, { thread_client_msg_id: 'slack:C1:1' }),
      message('C1', 5),
    ];
    const first = await take(items);
    assert.equal(first.status, 200);
    assert.deepEqual(
      first.body.results.map(({ status }) => status),
      items.map((item) => (item.type === 'user' ? 'exists' : 'created')),
    );
    const read = async () => (await member.get('/v1/channels/C1/messages')).body;
    const { messages, head } = await read();
    assert.deepEqual(
      messages.map(({ text, user_id, created_at, seq }) => [text, user_id, created_at, seq]),
      [
        ['old 1', 'U1', '2020-01-02T00:00:01.000Z', 1],
        ['', 'U2', '2020-01-02T00:00:02.000Z', 2],
        ['hello <@member>', 'U1', '2020-01-02T00:00:03.000Z', 3],
        ['old 5', 'U1', '2020-01-02T00:00:05.000Z', 4],
      ],
    );
    assert.deepEqual(messages[0]!.reactions, { tada: ['U2', 'member'] });
    assert.equal(messages[0]!.reply_count, 1);
    assert.deepEqual(messages[2]!.mentions, ['member']);
    const ids = messages.map(({ message_id }) => BigInt(message_id));
    for (let i = 1; i < ids.length; i++) assert.ok(ids[i]! > ids[i - 1]!);

    const again = await take(items);
    assert.deepEqual(
      again.body.results.map(({ status }) => status),
      items.map(() => 'exists'),
    );
    assert.deepEqual((await read()).messages, messages);
    assert.deepEqual((await read()).head, head);
    // Everyone's last-read stays at the head.
    const unreads = (await member.get('/v1/unreads')).body.channels.find(({ channel_id }) => channel_id === 'C1')!;
    assert.deepEqual([unreads.unread, unreads.mentions], [0, 0]);
    await eventually(async () => assert.equal((await member.get('/v1/search?q=hello')).body.total, 1));
    // Whoever lives there goes on behind it.
    const live = await member.say('C1', 'live');
    assert.equal(live.seq, 5);
    assert.ok(BigInt(live.message_id) > ids.at(-1)!);
  });

  it('give a bad item a result of its own, and take the others', async () => {
    const { body } = await take([
      message('C1', 20),
      message('nowhere', 1),
      message('C1', 21, { user_id: 'stranger' }),
      message('C1', 22, { created_at: 'yesterday' }),
      message('C1', 23, { thread_client_msg_id: 'unknown' }),
      message('C1', 24),
    ]);
    assert.deepEqual(
      body.results.map(({ status, code }) => code ?? status),
      ['created', 'not_found', 'not_found', 'invalid_request', 'not_found', 'created'],
    );
  });

  it('give a taken name -imported, and are not counted by the rate limit', async () => {
    await member.makes('public', 'taken');
    assert.equal((await take([channel('C2', 'taken')])).body.results[0]!.status, 'created');
    assert.equal((await member.get('/v1/channels/C2')).body.channel.name, 'taken-imported');
    for (let batch = 0; batch < 4; batch++) {
      const { body } = await take(Array.from({ length: 500 }, (_, i) => message('C2', batch * 500 + i)));
      assert.ok(body.results.every(({ status }) => status === 'created'));
    }
    assert.equal((await member.get('/v1/channels/C2/messages?limit=1')).body.head.seq, 2000);
  });

  it('take a channel of 2,500 members, told of in events of at most 1,000', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => `M${i}`);
    for (let from = 0; from < many.length; from += 500) {
      const items = many.slice(from, from + 500).map((user_id) => ({ type: 'user', user_id, name: user_id }));
      assert.equal((await take(items)).status, 200);
    }
    const made = await take([{ ...channel('C3', 'crowd'), members: ['member', ...many] }]);
    assert.equal(made.body.results[0]!.status, 'created');
    const socket = await member.socket();
    await eventually(async () => {
      const { channel: crowd } = (await member.get('/v1/channels/C3')).body;
      assert.equal(crowd.member_count, 2502);
    });
    const { events } = await socket.resume({ C3: 0 });
    const joins = events.filter(({ event }) => event.kind === 'member.joined').map(({ event }) => event.user_ids);
    assert.ok(joins.every((ids) => ids.length >= 1 && ids.length <= 1000));
    assert.equal(new Set(joins.flat()).size, 2502);
    await socket.close();
  });
});
