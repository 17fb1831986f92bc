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

  it('fail for a message with more reactions than people may add, which stops no other', async () => {
    const many = Array.from({ length: 3001 }, (_, i) => `u${i}`);
    const reactions = (user_ids: string[]) => ({ reactions: [{ emoji: 'tada', user_ids }] });
    const { body } = await take([
      ...people,
      channel('C-loud', 'loud'),
      message('C-loud', 1, reactions(many)),
      message('C-loud', 2, reactions(many.slice(1))),
    ]);
    assert.deepEqual(
      body.results.slice(3).map(({ status, code }) => [status, code]),
      [
        ['failed', 'invalid_request'],
        ['created', undefined],
      ],
    );
    assert.match(body.results[3]!.detail!, /^reactions: .*3000/);
  });

  it('enter no channel that is hidden from the importer, unless it came by an import itself', async () => {
    assert.equal((await take(people)).status, 200);
    const secret = await member.makes('private', 'secret');
    const { channel: dm } = (await member.post('/v1/channels', { type: 'dm', members: ['U1'] })).body;
    const enter = (id: string, name: string) => ({ ...channel(id, name), members: ['admin'], channel_type: 'private' });
    for (const [id, name] of [
      [secret, 'secret'],
      [dm.channel_id, ''],
    ] as const) {
      const { body } = await take([enter(id, name || 'a dm'), message(id, 1)]);
      const unknown = (await take([message('nowhere', 1)])).body.results[0]!;
      for (const { status, code } of body.results) assert.deepEqual([status, code], ['failed', 'not_found']);
      assert.equal(body.results[1]!.detail, unknown.detail, 'as one that does not exist');
      assert.equal((await admin.get(`/v1/channels/${id}`)).status, 404);
      assert.equal((await admin.get(`/v1/channels/${id}/messages`)).status, 404);
      assert.deepEqual((await member.get(`/v1/channels/${id}/messages`)).body.messages, []);
    }
    // A member may, as they may invite.
    await member.put(`/v1/channels/${secret}/members/admin`);
    const invited = (await take([enter(secret, 'secret'), message(secret, 1)])).body.results;
    assert.deepEqual(
      invited.map(({ status }) => status),
      ['exists', 'created'],
    );
  });

  it('of private channels can be run again, by any admin, and add nothing', async () => {
    const hidden = { ...channel('G-run', 'run-again'), channel_type: 'private', members: ['U1', 'U2'] };
    const items = [...people, hidden, message('G-run', 1), message('G-run', 2)];
    const statuses = async (who: Person) => (await take(items, who)).body.results.slice(2).map(({ status }) => status);
    assert.deepEqual(await statuses(admin), ['created', 'created', 'created']);
    assert.deepEqual(await statuses(admin), ['exists', 'exists', 'exists']);
    const owner = await workspace(server, admin.workspace).person('owner', 'owner');
    assert.deepEqual(await statuses(owner), ['exists', 'exists', 'exists']);
    assert.equal((await admin.get('/v1/channels/G-run')).status, 404, 'who imports it is no member of it');
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

  it('fail for reactions that nobody could add, and for what is no item, which stop no other', async () => {
    const react = (emoji: string) => ({ reactions: [{ emoji, user_ids: ['member'] }] });
    const long = '😀'.repeat(64);
    const wrong = ['', '\0', '\n', ' ', '\ud800', `${long}x`].map((emoji, i) => message('C1', 40 + i, react(emoji)));
    const shapeless = [{}, null, 5, { type: 'nothing' }, { type: 'user' }] as object[];
    const surrogates = message('C1', 50, { client_msg_id: '\ud800' });
    const { status, body } = await take([...wrong, ...shapeless, surrogates, message('C1', 60, react(long))]);
    assert.equal(status, 200);
    assert.deepEqual(
      body.results.slice(0, -1).map(({ code, detail }) => `${code} ${detail?.replace(/^reactions.0.|:.*/gs, '')}`),
      [
        ...wrong.map(() => 'invalid_request emoji'),
        ...['type', 'type', 'type', 'type', 'user_id'].map((field) => `invalid_request ${field}`),
        'invalid_request client_msg_id',
      ],
    );
    assert.equal(body.results.at(-1)!.status, 'created');
    const [last] = (await admin.get('/v1/channels/C1/messages?limit=1')).body.messages;
    assert.deepEqual(last!.reactions, { [long]: ['member'] });
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

  it('over an archived channel can be run again, and add nothing', async () => {
    const archived = { ...channel('C-old', 'old'), topic: 'as it was', archived: true };
    const items = [...people, archived, message('C-old', 1)];
    await take(items);
    const read = async () => (await admin.get('/v1/channels/C-old')).body.channel;
    const before = await read();
    assert.deepEqual([before.topic, before.archived], ['as it was', true]);
    const again = (await take(items)).body.results;
    assert.deepEqual(
      again.map(({ status }) => status),
      items.map(() => 'exists'),
    );
    assert.deepEqual(await read(), before);
    // What people made of it since is theirs.
    assert.equal((await admin.patch('/v1/channels/C-old', { archived: false })).status, 200);
    await take(items);
    assert.equal((await read()).archived, false);
  });

  it('complete a channel whose import ended between its making and its topic', async () => {
    const bare = channel('C-half', 'half');
    await take([...people, bare]);
    await take([{ ...bare, topic: 'late', archived: true, posting: 'managers' }]);
    const { topic, archived, posting } = (await admin.get('/v1/channels/C-half')).body.channel;
    assert.deepEqual([topic, archived, posting], ['late', true, 'managers']);
  });

  it('take the messages of a dm between people who have one', async () => {
    const { person } = workspace(server, admin.workspace);
    const [one, two] = [await person('dm-one'), await person('dm-two')];
    const own = await one.makes('dm', undefined, [two]);
    const dm = {
      ...channel('D-imported', 'D-imported'),
      channel_type: 'dm',
      creator_id: 'dm-one',
      members: ['dm-two'],
    };
    const items = [
      dm,
      message('D-imported', 1, { user_id: 'dm-one' }),
      message('D-imported', 2, { user_id: 'dm-two' }),
    ];
    const statuses = async () => (await take(items)).body.results.map(({ status, id }) => [status, id === undefined]);
    assert.deepEqual(
      await statuses(),
      items.map(() => ['created', false]),
    );
    assert.deepEqual(
      await statuses(),
      items.map(() => ['exists', false]),
    );
    const texts = (await two.get('/v1/channels/D-imported/messages')).body.messages.map(({ text }) => text);
    assert.deepEqual(texts, ['old 1', 'old 2']);
    const found = (await two.post('/v1/channels', { type: 'dm', members: ['dm-one'] })).body.channel;
    assert.equal(found.channel_id, own, 'theirs is found as ever');
  });

  it('carry when a message was edited, roles, and whose access has ended; what people are here stays', async () => {
    const user = (user_id: string, more: object) => ({ type: 'user', user_id, name: user_id, ...more });
    const items = [
      user('R-admin', { role: 'admin' }),
      user('R-owner', { role: 'owner' }),
      user('R-guest', { role: 'guest', deactivated: true }),
      user('member', { role: 'guest', deactivated: true }),
      channel('C-edits', 'edits'),
      message('C-edits', 1, { edited_at: '2020-01-03T00:00:00Z' }),
      message('C-edits', 2, { edited_at: 'once' }),
    ];
    const { body } = await take(items);
    assert.equal(body.results.at(-1)!.code, 'invalid_request');
    assert.match(body.results.at(-1)!.detail!, /^edited_at/);
    const who = async (id: string) => {
      const { role, deactivated } = (await admin.get(`/v1/users/${id}`)).body.user;
      return [role, deactivated];
    };
    assert.deepEqual(await who('R-admin'), ['admin', false]);
    assert.deepEqual(await who('R-owner'), ['admin', false], 'an admin makes no owners');
    assert.deepEqual(await who('R-guest'), ['guest', true]);
    assert.deepEqual(await who('member'), ['member', false]);
    const [edited] = (await admin.get('/v1/channels/C-edits/messages')).body.messages;
    assert.equal(edited!.edited_at, '2020-01-03T00:00:00.000Z');
  });

  it('keep every mention of a call that names more than a thousand people', async () => {
    const named = (n: number) => [`M${n * 3}`, `M${n * 3 + 1}`, `M${n * 3 + 2}`];
    const items = Array.from({ length: 500 }, (_, n) =>
      message('C3', n, {
        text: named(n)
          .map((id) => `<@${id}>`)
          .join(' '),
        client_msg_id: `many ${n}`,
      }),
    );
    assert.ok((await take(items)).body.results.every(({ status }) => status === 'created'));
    const [last] = (await admin.get('/v1/channels/C3/messages?limit=1')).body.messages;
    assert.deepEqual(last!.mentions, named(499));
  });

  it('and sends keep as many mentions as a text holds, whatever else it names', async () => {
    const names = Array.from({ length: 1100 }, (_, i) => `M${i}`);
    const text = [...Array.from({ length: 50 }, (_, i) => `?${i}`), ...names].map((id) => `<@${id}>`).join('');
    assert.deepEqual((await member.say('C3', text)).mentions, names);
    const { person } = workspace(server, admin.workspace);
    const unreads = async (id: string) => (await (await person(id)).get('/v1/unreads')).body.total_mentions;
    assert.deepEqual([await unreads('M1099'), await unreads('M1100')], [1, 0]);
    await take([message('C3', 1000, { text })]);
    const [last] = (await admin.get('/v1/channels/C3/messages?limit=1')).body.messages;
    assert.deepEqual(last!.mentions, names);
  });
});
