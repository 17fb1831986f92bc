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
});
