import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Message } from '../client/wire.ts';
import type { Swept } from '../server/life/parts.ts';
import { eventually } from './support/eventually.ts';
import { everythingKept } from './support/everything-kept.ts';
import { type Person, workspace } from './support/person.ts';
import { Server, secret } from './support/server.ts';

const file = fileURLToPath(new URL('../../shared/data/slack-export-racket.zip', import.meta.url));
const run = promisify(execFile);
const channel = 'C69B6D2CE';
/** On other engines the archive lies on S3, and what is kept lies in them: archive.test.ts, and the stores' contracts. */
const elsewhere = process.env['TEST_ENGINES'] !== undefined;

/** Every message of a channel that one reads by paging, replies behind their roots. */
async function messagesOf(reader: Person, of: string): Promise<Message[]> {
  const path = `/v1/channels/${of}/messages`;
  const found: Message[] = [];
  let after = '0';
  for (let more = true; more; ) {
    const { body } = await reader.get(`${path}?limit=200&after=${after}`);
    for (const root of body.messages) {
      found.push(root);
      if (root.reply_count > 0)
        found.push(...(await reader.get(`${path}/${root.message_id}/thread?limit=200`)).body.messages.slice(1));
    }
    after = body.messages.at(-1)?.message_id ?? after;
    more = body.has_more_after;
  }
  return found;
}

const millraceOf =
  (server: Server) =>
  async (...args: string[]) => {
    const env = { ...process.env, MILLRACE_DATA_DIR: server.folder, MILLRACE_JWT_SECRET: secret };
    return JSON.parse((await run(process.execPath, ['cli/bin.mjs', ...args, '--json'], { env })).stdout);
  };

describe('retention over a real workspace', {
  skip: existsSync(file) ? false : 'the export is not beside this checkout',
}, () => {
  let server: Server;
  let admin: Person;
  let millrace: ReturnType<typeof millraceOf>;
  const objects = (): number =>
    existsSync(`${server.folder}/objects/messages`)
      ? readdirSync(`${server.folder}/objects/messages`, { recursive: true, withFileTypes: true }).filter((one) =>
          one.isFile(),
        ).length
      : 0;
  const ids = async (of: string) => (await messagesOf(admin, of)).map(({ message_id }) => message_id);

  before(async () => {
    server = await Server.start();
    millrace = millraceOf(server);
    await millrace('import', file, '--workspace', 'racket');
    if (!elsewhere) await millrace('archive', '--before', '2026-01-01');
    admin = await workspace(server, 'racket').person('admin', 'admin');
  });
  after(() => server.stop());

  it('keeps all of it without one, and where a hold says so', async () => {
    const wanted = await ids(channel);
    assert.equal((await millrace('sweep')).removed, 0);
    assert.equal((await admin.put('/v1/holds/case-7', { reason: 'case 7' })).status, 200);
    assert.equal((await admin.put('/v1/retention', { days: 30 })).status, 200);
    const held: Swept = await millrace('sweep');
    assert.deepEqual([held.trimmed, held.removed, held.held > 0], [0, 0, true]);
    assert.deepEqual(await ids(channel), wanted);
  });

  it('takes what is older, for readers at once and then for good, while the process is killed', async () => {
    await admin.put(`/v1/channels/${channel}/members/admin`);
    const reply = await admin.say(channel, 'still here', { thread_id: (await ids(channel))[0]! });
    const fresh = await admin.say(channel, 'said today');
    const socket = await admin.socket();
    if (!elsewhere) assert.ok(objects() > 0);
    assert.equal((await admin.delete('/v1/holds/case-7')).status, 204);
    for (let kills = 0; kills < 3; kills++) {
      const sweep = millrace('sweep').catch(() => undefined);
      if (kills === 0) {
        const { event } = await socket.event('channel.changed');
        assert.match(event.channel.history_from ?? '', /^\d+$/);
        await eventually(async () => assert.deepEqual(await ids(channel), [fresh.message_id]), 20_000);
      }
      await server.kill();
      await sweep;
      await server.restart();
    }
    let rows = 0;
    await eventually(async () => {
      const { removed }: Swept = await millrace('sweep');
      rows += removed;
      assert.equal(removed, 0, 'nothing is left in the end');
    }, 60_000);
    assert.ok(rows > 0, 'it was killed before it was done');
    assert.equal(objects(), 0);

    assert.deepEqual(await ids(channel), [fresh.message_id]);
    const { body } = await admin.get(`/v1/channels/${channel}/messages?limit=50`);
    assert.deepEqual(
      body.messages.map(({ text }) => text),
      ['said today'],
    );
    assert.deepEqual([body.has_more_before, body.head.seq], [false, fresh.seq]);
    const thread = await admin.get(`/v1/channels/${channel}/messages/${reply.message_id}/thread`);
    assert.deepEqual(
      thread.body.messages.map(({ text, deleted }) => [text, deleted]),
      [
        ['', true],
        ['still here', false],
      ],
    );
    const found = await admin.get('/v1/search?q=racket');
    assert.deepEqual([found.status, found.body.total], [200, 0]);
    const late = await workspace(server, 'racket').person('late');
    await late.put(`/v1/channels/${channel}/members/late`);
    const unread = (await late.get('/v1/unreads')).body.channels.find((one) => one.channel_id === channel);
    assert.deepEqual([unread!.unread, unread!.mentions], [0, 0]);
    const again = await admin.socket();
    assert.equal((await again.resume({ [channel]: 1 })).channels[channel]!.status, 'reset');
    assert.equal((await millrace('import', file, '--workspace', 'racket')).messages.created, 0, 'known for good');
  });

  it('is set by admins alone, with days that are some', async () => {
    const member = await workspace(server, 'racket').person('member');
    for (const [method, path, body] of [
      ['put', '/v1/retention', { days: 1 }],
      ['put', `/v1/channels/${channel}/retention`, { days: 1 }],
      ['put', '/v1/holds/h', { reason: 'r' }],
    ] as const)
      assert.equal((await member[method](path, body)).status, 403, path);
    assert.equal((await member.get('/v1/holds')).status, 403);
    for (const days of [0, -1, 1.5, 40_000, '7'])
      assert.equal((await admin.put('/v1/retention', { days })).status, 400, String(days));
    const of = async () => (await member.get(`/v1/channels/${channel}/retention`)).body as unknown;
    assert.equal((await admin.put(`/v1/channels/${channel}/retention`, { days: 0 })).status, 200);
    const { retention } = (await of()) as { retention: { days: number; kept_days: number | null } };
    assert.deepEqual([retention.days, retention.kept_days], [0, null]);
    assert.equal((await member.get('/v1/channels/none/retention')).status, 404);
    const both = await admin.put('/v1/holds/h', { channel_id: channel, user_id: 'admin', reason: 'r' });
    assert.deepEqual([both.status, both.body.code], [400, 'invalid_request']);
  });
});

describe('erasing a person', () => {
  const id = 'quetzal-7f3a';
  const nothing = /quetzal/i;
  let server: Server;
  let owner: Person;
  let friend: Person;
  let gone: Person;
  let channels: string[];
  let millrace: ReturnType<typeof millraceOf>;
  const erased = async (): Promise<void> => {
    await eventually(async () => assert.equal(((await millrace('sweep')) as Swept).waiting, 0), 90_000);
  };

  before(async () => {
    server = await Server.start();
    millrace = millraceOf(server);
    const people = workspace(server, 'acme');
    owner = await people.person('owner', 'owner');
    friend = await people.person('friend');
    gone = await people.person(id, undefined, { name: 'Quetzal Q', email: 'quetzal@example.org' });
    channels = [
      await gone.makes('public', 'birds', [owner, friend]),
      await owner.makes('private', 'secrets', [gone, friend]),
      await friend.makes('dm', undefined, [gone]),
    ];
    for (const of of channels) {
      const own = await gone.say(of, `quetzal says in ${of}`);
      await gone.patch(`/v1/channels/${of}/messages/${own.message_id}`, { text: 'quetzal says otherwise' });
      const root = await friend.say(of, `<@${id}>, and <@owner>, and <!channel>`);
      await gone.say(of, 'quetzal replies', { thread_id: root.message_id });
      await gone.put(`/v1/channels/${of}/messages/${root.message_id}/reactions/tada`);
      await friend.put(`/v1/channels/${of}/messages/${root.message_id}/reactions/eyes`);
      const edited = await friend.say(of, `of <@${id}> first`);
      await friend.patch(`/v1/channels/${of}/messages/${edited.message_id}`, { text: 'of nobody then' });
      const deleted = await gone.say(of, 'quetzal takes it back');
      await gone.delete(`/v1/channels/${of}/messages/${deleted.message_id}`);
      await gone.say(of, '<!channel> quetzal calls');
    }
    await gone.post('/v1/devices', { platform: 'fcm', token: 'quetzal-phone' });
    await gone.put(`/v1/channels/${channels[0]}/notifications`, { level: 'all' });
    await gone.put('/v1/quiet_hours', { zone: 'UTC', from: '22:00', to: '07:00' });
    await owner.put('/v1/groups/birders', { name: 'birders', members: [id, 'friend'] });
    if (!elsewhere) await millrace('archive', '--before', '2100-01-01');
  });
  after(() => server.stop());

  it('is an owner’s act, refused while a hold keeps what they wrote', async () => {
    const admin = await workspace(server, 'acme').person('admin', 'admin');
    const path = `/v1/users/${id}`;
    assert.equal((await admin.delete(path)).status, 403);
    assert.equal((await owner.delete('/v1/users/owner')).status, 403);
    assert.equal((await owner.delete('/v1/users/none')).status, 404);
    assert.equal((await owner.put('/v1/holds/h', { user_id: id, reason: 'case' })).status, 200);
    const held = await owner.delete(path);
    assert.deepEqual([held.status, held.body.code], [409, 'conflict']);
    assert.equal((await owner.delete('/v1/holds/h')).status, 204);
  });

  it('ends their access at once and, however often the process is killed, leaves nothing that names them', async () => {
    assert.equal((await owner.put('/v1/holds/room', { channel_id: channels[0], reason: 'case' })).status, 200);
    const socket = await gone.socket();
    const watching = await friend.socket();
    const asked = await owner.delete(`/v1/users/${id}`);
    assert.equal(asked.status, 202);
    assert.equal(await socket.closed, 4403);
    assert.equal((await gone.get('/v1/unreads')).status, 403);
    for (let kills = 0; kills < 2; kills++) {
      const sweep = millrace('sweep').catch(() => undefined);
      if (kills === 0) await watching.event('message.deleted');
      await server.kill();
      await sweep;
      await server.restart();
    }
    await eventually(async () => {
      const { waiting, rewritten }: Swept = await millrace('sweep');
      assert.deepEqual([waiting, rewritten], [1, 0], 'the held channel is waited for');
    }, 60_000);
    assert.ok((await messagesOf(friend, channels[0]!)).some(({ text }) => text.includes('quetzal says')));
    assert.deepEqual(
      (await messagesOf(friend, channels[1]!)).filter((message) => nothing.test(JSON.stringify(message))),
      [],
    );
    assert.equal((await owner.delete('/v1/holds/room')).status, 204);
    await erased();

    for (const of of channels) {
      const messages = await messagesOf(friend, of);
      assert.doesNotMatch(JSON.stringify(messages), nothing);
      assert.equal(messages.filter(({ user_id, deleted }) => user_id === 'erased-user' && deleted).length, 4);
      const root = messages.find(({ text }) => text.includes('<!channel>'))!;
      assert.equal(root.text, '<@erased-user>, and <@owner>, and <!channel>');
      assert.deepEqual(root.reactions, { eyes: ['friend'] });
      assert.equal(root.reply_count, 1);
      const versions = await friend.get(
        `/v1/channels/${of}/messages/${messages.find(({ text }) => text === 'of nobody then')!.message_id}/edits`,
      );
      assert.doesNotMatch(JSON.stringify(versions.body), nothing);
    }
    const paths = [
      '/v1/users',
      '/v1/audit?limit=200',
      '/v1/erasures',
      '/v1/channels?member=true',
      '/v1/groups/birders',
    ];
    for (const path of [...paths, `/v1/channels/${channels[0]}/members`, '/v1/search?q=quetzal'])
      assert.doesNotMatch(JSON.stringify((await owner.get(path)).body), nothing, path);
    assert.equal((await gone.get('/v1/unreads')).status, 403, 'their token makes them no new one');
    const { body } = await friend.get(`/v1/channels/${channels[2]}`);
    assert.equal(body.channel.member_count, 1);
    const fresh = await friend.say(channels[2]!, 'life goes on');
    assert.ok(fresh.rev > 0);
  });

  it('is found nowhere that is kept: rows, index, directory, archive', { skip: elsewhere }, async () => {
    await server.terminate();
    const found = await everythingKept(server.folder, nothing);
    assert.deepEqual(found, []);
    await server.restart();
  });
});
