import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('presence and typing', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function people() {
    const { person } = workspace(server);
    return Promise.all([person('alice'), person('bob'), person('carol')]);
  }
  const statusOf = async (asker: Person, user: string) =>
    (await asker.get(`/v1/presence?user_id=${user}`)).body.presence[0]!.status;

  it('tells watchers of each change, and nobody else', async () => {
    const [alice, bob, carol] = await people();
    const watching = await alice.socket();
    const idle = await carol.socket();
    const ack = await watching.ask({ type: 'presence.watch', user_ids: ['bob', 'nobody'] });
    assert.equal(ack.type, 'ack');
    assert.deepEqual(ack.presence, [
      { user_id: 'bob', status: 'offline' },
      { user_id: 'nobody', status: 'offline' },
    ]);
    const next = async () => {
      const { user_id, status } = await watching.next('presence');
      return [user_id, status];
    };
    const phone = await bob.socket();
    assert.deepEqual(await next(), ['bob', 'online']);
    assert.equal((await phone.ask({ type: 'presence.set', status: 'busy' })).type, 'ack');
    assert.deepEqual(await next(), ['bob', 'busy']);
    await phone.ask({ type: 'presence.set', idle: true });
    await phone.ask({ type: 'presence.set', status: 'online' });
    assert.deepEqual(await next(), ['bob', 'away']);
    const laptop = await bob.socket();
    assert.deepEqual(await next(), ['bob', 'online']);
    await laptop.close();
    assert.deepEqual(await next(), ['bob', 'away']);
    const began = Date.now();
    await phone.close();
    assert.deepEqual(await next(), ['bob', 'offline']);
    assert.ok(Date.now() - began < 2000, 'the last clean close shows within two seconds');
    assert.equal(watching.frames.filter((frame) => frame.type === 'presence').length, 6);
    assert.equal(idle.frames.filter((frame) => frame.type === 'presence').length, 0);
  });

  it('ends by itself what was set until a time, and refuses ends that are none', async () => {
    const [alice, bob] = await people();
    const watching = await alice.socket();
    await watching.ask({ type: 'presence.watch', user_ids: ['bob'] });
    const phone = await bob.socket();
    const next = async () => (await watching.next('presence')).status;
    assert.equal(await next(), 'online');
    const until = new Date(Date.now() + 1500).toISOString();
    assert.equal((await phone.ask({ type: 'presence.set', status: 'busy', until })).type, 'ack');
    assert.equal(await next(), 'busy');
    assert.equal((await alice.get('/v1/presence?user_id=bob')).body.presence[0]!.until, until);
    assert.equal(await next(), 'online');
    assert.ok(Date.now() - Date.parse(until) < 2000, 'seen within two seconds');
    for (const [status, end] of [
      ['busy', 'tomorrow'],
      ['busy', '2020-01-01T00:00:00Z'],
      ['busy', '2999-01-01T00:00:00Z'],
      ['online', new Date(Date.now() + 60_000).toISOString()],
    ])
      assert.equal((await bob.put('/v1/presence', { status, until: end })).status, 400, end);
    await phone.close();
  });

  it('costs a frame for each who watches, however many are in the channel', async () => {
    const members = Number(process.env['PRESENCE_MEMBERS'] ?? 1000);
    const { person } = workspace(server);
    const admin = await person('admin', 'admin');
    const ids = Array.from({ length: members }, (_, i) => `u${i}`);
    for (let from = 0; from < members; from += 500) {
      const items = ids.slice(from, from + 500).map((user_id) => ({ type: 'user', user_id, name: user_id }));
      assert.equal((await admin.post('/v1/imports', { items })).status, 200);
    }
    const made = await admin.post('/v1/channels', { type: 'public', name: 'everyone', members: ids });
    assert.equal(made.body.channel.member_count, members + 1);
    const screen = ids.slice(0, 200);
    const watching = await Promise.all(['u0', 'u1', 'u2'].map(async (id) => (await person(id)).socket()));
    const others = await Promise.all(['u3', 'u4'].map(async (id) => (await person(id)).socket()));
    for (const socket of watching) await socket.ask({ type: 'presence.watch', user_ids: screen });
    const frames = async () => {
      const text = (await (await fetch(`${server.url}/metrics`)).text()).split('\n');
      return Number(text.find((line) => line.startsWith('millrace_presence_frames_total '))!.split(' ')[1]);
    };
    const heard = (socket: (typeof watching)[number]) =>
      socket.frames.filter((frame) => frame.type === 'presence' && frame.user_id === 'u100').length;
    const before = await frames();
    const changing = await person('u100');
    const phone = await changing.socket();
    await phone.ask({ type: 'presence.set', status: 'busy' });
    for (const socket of watching) await socket.next((frame) => frame.type === 'presence' && frame.status === 'busy');
    assert.deepEqual([...watching, ...others].map(heard), [2, 2, 2, 0, 0], 'online and busy, to those who watch');
    assert.equal((await frames()) - before, 6, 'two changes, three who watch');
    for (const socket of [...watching, ...others, phone]) await socket.close();
  });

  it('replaces the watched set', async () => {
    const [alice, bob, carol] = await people();
    const watching = await alice.socket();
    await watching.ask({ type: 'presence.watch', user_ids: ['bob'] });
    await watching.ask({ type: 'presence.watch', user_ids: ['carol'] });
    await bob.socket();
    await carol.socket();
    assert.equal((await watching.next('presence')).user_id, 'carol');
    await watching.settled();
    assert.equal(watching.frames.filter((frame) => frame.type === 'presence').length, 1);
  });

  it('is the same person’s in one workspace only', async () => {
    const [alice, bob] = await people();
    const [, elsewhere] = await people();
    await elsewhere.socket();
    assert.equal(await statusOf(elsewhere, 'bob'), 'online');
    assert.equal(await statusOf(alice, 'bob'), 'offline');
    await bob.socket();
    assert.equal(await statusOf(alice, 'bob'), 'online');
  });

  it('is read and set by REST, with bounds', async () => {
    const [alice, bob] = await people();
    const set = await bob.put('/v1/presence', { status: 'busy' });
    assert.equal(set.status, 200);
    const { presence } = (await alice.get('/v1/presence?user_id=bob&user_id=nobody')).body;
    assert.equal(presence[0]!.status, 'busy');
    assert.match(presence[0]!.last_active_at!, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual(presence[1], { user_id: 'nobody', status: 'offline' });
    assert.equal((await bob.put('/v1/presence', { status: 'offline' })).status, 400);
    assert.equal((await alice.get('/v1/presence')).status, 400);
    const many = Array.from({ length: 201 }, (_, i) => `user_id=u${i}`).join('&');
    assert.equal((await alice.get(`/v1/presence?${many}`)).status, 400);
    const socket = await alice.socket();
    const wrong = await socket.ask({ type: 'presence.set' });
    assert.deepEqual([wrong.type, wrong.code], ['error', 'invalid_request']);
  });

  it('is their devices’ alone once one connects, whatever REST said before', async () => {
    const [alice, bob] = await people();
    assert.equal((await bob.put('/v1/presence', { status: 'online' })).status, 200);
    assert.equal(await statusOf(alice, 'bob'), 'online');
    const watching = await alice.socket();
    await watching.ask({ type: 'presence.watch', user_ids: ['bob'] });
    const phone = await bob.socket();
    await phone.ask({ type: 'presence.set', idle: true });
    assert.equal((await watching.next('presence')).status, 'away');
    await phone.close();
    await watching.close();
  });

  it('keeps a broken connection for a grace', async () => {
    const [alice, bob] = await people();
    const phone = await bob.socket();
    phone.ws.terminate();
    await phone.closed;
    assert.equal(await statusOf(alice, 'bob'), 'online');
    await eventually(async () => assert.equal(await statusOf(alice, 'bob'), 'offline'), 15_000);
  });

  it('tells a channel who types, throttled, and only those who are in it', async () => {
    const [alice, bob, carol] = await people();
    const channel = await alice.makes('public', 'typing', [bob]);
    const [typing, hearing, outside] = [await alice.socket(), await bob.socket(), await carol.socket()];
    for (let i = 0; i < 5; i++) typing.send({ type: 'typing', channel_id: channel });
    outside.send({ type: 'typing', channel_id: channel });
    const heard = await hearing.next('typing');
    assert.deepEqual([heard.user_id, heard.channel_id], ['alice', channel]);
    await alice.say(channel, 'typed');
    await hearing.event('message.created');
    assert.equal(hearing.frames.filter((frame) => frame.type === 'typing').length, 1);
    assert.equal(outside.frames.filter((frame) => frame.type === 'typing').length, 0);
    typing.send({ type: 'typing', channel_id: channel });
    assert.equal((await hearing.next('typing')).user_id, 'alice', 'a message sent ends the throttle');
  });

  it('tells nobody who types in a channel of more than 500 people', async () => {
    const [alice, bob] = await people();
    const admin = await workspace(server, alice.workspace).person('admin', 'admin');
    const crowd = Array.from({ length: 499 }, (_, i) => `u${i}`);
    const channel = (channel_id: string, members: string[]) => ({
      ...{ type: 'channel', channel_id, name: channel_id, channel_type: 'public', creator_id: 'alice', members },
      created_at: '2026-01-01T00:00:00Z',
    });
    const users = crowd.map((user_id) => ({ type: 'user', user_id, name: user_id }));
    const items = [channel('most', ['alice', 'bob', ...crowd.slice(1)]), channel('larger', ['alice', 'bob', ...crowd])];
    assert.equal((await admin.post('/v1/imports', { items: users })).status, 200);
    const made = (await admin.post('/v1/imports', { items })).body.results;
    assert.deepEqual(
      made.map(({ status }) => status),
      ['created', 'created'],
    );
    const [typing, hearing] = [await alice.socket(), await bob.socket()];
    for (const channel_id of ['larger', 'most', 'larger']) typing.send({ type: 'typing', channel_id });
    await typing.settled();
    assert.equal((await hearing.next('typing')).channel_id, 'most');
    // By the time that what is said in each has come, what was typed before would have, too.
    for (const channel_id of ['most', 'larger']) {
      await alice.say(channel_id, 'said');
      await hearing.event('message.created');
    }
    const frames = hearing.frames.filter((frame) => frame.type === 'typing').map((frame) => frame.channel_id);
    assert.deepEqual(frames, ['most']);
  });
});
