import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { selfSigned } from './support/certificate.ts';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import { type Pushed, PushServices, pushHosts } from './support/push-services.ts';
import { Server } from './support/server.ts';

const run = promisify(execFile);
const certificate = selfSigned(pushHosts);
/** The grace, and a tick of the clock that the gateways' renewals are. */
const soon_ms = 20_000;
/** Longer than what is held may take: after it nothing comes. */
const never_ms = 9_000;

describe('push', { skip: certificate ? false : 'no openssl' }, () => {
  let services: PushServices;
  let server: Server;
  let count = 0;

  before(async () => {
    services = await PushServices.start(certificate!);
    server = await Server.start(services.settings());
  });
  after(async () => {
    await server?.stop();
    await services?.stop();
  });
  /** A workspace with Alice, and Bob who has a phone and no socket. */
  const stage = async () => {
    const { person } = workspace(server);
    const [alice, bob] = [
      await person('alice', 'owner', { name: 'Alice' }),
      await person('bob', 'member', { name: 'Bob' }),
    ];
    const channel = await alice.makes('public', 'all', [bob]);
    const phone = `phone-${count++}`;
    assert.equal((await bob.post('/v1/devices', { platform: 'fcm', token: phone })).status, 201);
    const shown = (): Pushed[] => services.to(phone).filter(({ body }) => kindOf(body) === 'show');
    return { alice, bob, channel, phone, shown };
  };

  it('tells once of a burst of five mentions, though the server is killed in the midst of it', async () => {
    const { alice, shown, channel } = await stage();
    for (let i = 1; i <= 5; i++) await alice.say(channel, `<@bob> look at *this* ${i}`);
    await server.kill();
    // Longer than a push is held for: what was taken of the burst is due before the rest of it is known.
    await sleep(8000);
    await server.restart();
    await eventually(() => assert.equal(shown().length, 1), soon_ms);
    await sleep(never_ms);
    assert.equal(shown().length, 1, 'and no more');
    assert.deepEqual(textOf(shown()[0]!), { title: 'Alice in #all', body: '5 new messages. @Bob look at *this* 5' });
    assert.equal((shown()[0]!.body['data'] as { badge: string }).badge, '5');
  });

  describe('once held for a while', { concurrency: true }, () => {
    it('tells nothing that was read on another device meanwhile, and clears what was', async () => {
      const { alice, bob, channel, phone, shown } = await stage();
      await alice.say(channel, '<@bob> first');
      await eventually(() => assert.equal(shown().length, 1), soon_ms);
      const { seq } = await alice.say(channel, '<@bob> second');
      assert.equal((await bob.put(`/v1/channels/${channel}/read`, { seq })).status, 200);
      await eventually(
        () =>
          assert.deepEqual(
            services.to(phone).map(({ body }) => kindOf(body)),
            ['show', 'clear'],
          ),
        soon_ms,
      );
      assert.equal((services.to(phone)[1]!.body['data'] as { badge: string }).badge, '0');
      await sleep(never_ms);
      assert.equal(services.to(phone).length, 2);
    });

    it('tells of what levels, threads, quiet hours and presence let through, and of nothing else', async () => {
      const { alice, bob, channel, shown } = await stage();
      const dm = await alice.makes('dm', undefined, [bob]);
      const loud = await alice.makes('public', 'loud', [bob]);
      const mute = await alice.makes('public', 'mute', [bob]);
      for (const [id, level] of [
        [loud, 'all'],
        [mute, 'none'],
      ] as const)
        assert.deepEqual((await bob.put(`/v1/channels/${id}/notifications`, { level })).body, {
          channel_id: id,
          level,
        });
      const { levels } = (await bob.get('/v1/notifications')).body as unknown as { levels: object[] };
      assert.deepEqual(
        new Set(levels),
        new Set([loud, mute].map((channel_id) => ({ channel_id, level: channel_id === loud ? 'all' : 'none' }))),
      );
      const root = await bob.say(channel, 'a question');
      await alice.say(channel, 'not for bob');
      await alice.say(mute, '<@bob> <!channel> silence');
      await alice.say(loud, 'anything');
      await alice.say(dm, 'just us');
      await alice.say(channel, 'an answer', { thread_id: root.message_id });
      await eventually(() => assert.equal(shown().length, 3), soon_ms);
      await sleep(never_ms);
      assert.deepEqual(
        shown()
          .map((push) => textOf(push))
          .sort((a, b) => a.body.localeCompare(b.body)),
        [
          { title: 'Alice in #all', body: 'an answer' },
          { title: 'Alice in #loud', body: 'anything' },
          { title: 'Alice', body: 'just us' },
        ],
      );
    });

    it('tells nothing in quiet hours, to who is here, of what was deleted, or to who left', async () => {
      const { alice, bob, channel, phone } = await stage();
      const now = new Date();
      const hours = { zone: 'UTC', from: clock(now, -60), to: clock(now, 60) };
      assert.deepEqual((await bob.put('/v1/quiet_hours', hours)).body, { quiet_hours: hours });
      await alice.say(channel, '<@bob> in the night');
      await sleep(never_ms);
      assert.equal((await bob.delete('/v1/quiet_hours')).status, 200);
      const socket = await bob.socket();
      await alice.say(channel, '<@bob> while here');
      await sleep(never_ms);
      socket.ws.close();
      await socket.closed;
      const gone = await alice.say(channel, '<@bob> a slip');
      assert.equal((await alice.delete(`/v1/channels/${channel}/messages/${gone.message_id}`)).status, 200);
      const left = await alice.makes('public', 'left', [bob]);
      await alice.say(left, '<@bob> stay');
      assert.equal((await bob.delete(`/v1/channels/${left}/members/bob`)).status, 204);
      await sleep(never_ms);
      assert.deepEqual(services.to(phone), []);
    });

    it('tells what quiet hours held back when they end, once, of what is unread then', async () => {
      const { alice, bob, channel, shown } = await stage();
      const dm = await alice.makes('dm', undefined, [bob]);
      const now = new Date();
      const ends = Math.ceil((now.getTime() + 15_000) / 60_000) * 60_000;
      const hours = { zone: 'UTC', from: clock(now, -60), to: clock(new Date(ends), 0) };
      assert.equal((await bob.put('/v1/quiet_hours', hours)).status, 200);
      await alice.say(channel, '<@bob> one');
      await alice.say(channel, '<@bob> two');
      const { seq } = await alice.say(dm, 'read meanwhile');
      await sleep(never_ms);
      assert.deepEqual(shown(), []);
      assert.equal((await bob.put(`/v1/channels/${dm}/read`, { seq })).status, 200);
      await eventually(() => assert.equal(shown().length, 1), ends - Date.now() + soon_ms);
      assert.ok(Date.now() >= ends);
      assert.equal(textOf(shown()[0]!).body, '2 new messages. @Bob two');
      await sleep(never_ms);
      assert.equal(shown().length, 1);
    });

    it('counts what is unread in a dm, and nothing of a muted one; an edit tells whom it names anew', async () => {
      const { alice, bob, channel, shown, phone } = await stage();
      const badge = (push: Pushed) => (push.body['data'] as { badge: string }).badge;
      const dm = await alice.makes('dm', undefined, [bob]);
      const muted = await alice.makes('group', 'muted', [bob]);
      assert.equal((await bob.put(`/v1/channels/${muted}/notifications`, { level: 'none' })).status, 200);
      await alice.say(muted, 'not counted');
      await alice.say(dm, 'one');
      await alice.say(dm, 'two');
      await eventually(() => assert.equal(shown().length, 1), soon_ms);
      assert.equal(badge(shown()[0]!), '2');
      const plain = await alice.say(channel, 'for nobody');
      await sleep(never_ms);
      assert.equal(shown().length, 1);
      const path = `/v1/channels/${channel}/messages/${plain.message_id}`;
      assert.equal((await alice.patch(path, { text: 'for <@bob>' })).status, 200);
      await eventually(() => assert.equal(shown().length, 2), soon_ms);
      assert.deepEqual(textOf(shown()[1]!), { title: 'Alice in #all', body: 'for @Bob' });
      assert.equal(badge(shown()[1]!), '3');
      assert.equal((await alice.patch(path, { text: 'still for <@bob>' })).status, 200);
      await sleep(never_ms);
      assert.equal(services.to(phone).length, 2, 'who was named already is not told again');
    });

    it('keeps what a service refuses for good as a dead letter, which says nothing of what was written', async () => {
      const { alice, bob, channel, shown } = await stage();
      const apple = 'cd'.repeat(32);
      assert.equal((await bob.post('/v1/devices', { platform: 'apns', token: apple })).status, 201);
      const before = services.answer;
      services.answer = (platform, token) =>
        token === apple ? { status: 400, reason: 'PayloadEmpty' } : before(platform, token);
      await alice.say(channel, '<@bob> a secret');
      const letters = async () => {
        const env = { ...process.env, MILLRACE_DATA_DIR: server.folder };
        const args = ['cli/bin.mjs', 'dlq', 'list', '--node', 'phones', '--cause', 'PayloadEmpty', '--json'];
        return (await run(process.execPath, args, { env })).stdout;
      };
      await eventually(async () => assert.match(await letters(), /apns says PayloadEmpty/), soon_ms);
      assert.equal(shown().length, 1, 'the other phone has it');
      assert.doesNotMatch(await letters(), /secret/);
    });

    it('says nothing of what was written where the workspace withholds it', async () => {
      const { alice, bob, channel, shown } = await stage();
      assert.equal((await bob.patch('/v1/workspace', { push_bodies: 'withheld' })).status, 403);
      assert.equal((await alice.patch('/v1/workspace', { push_bodies: 'withheld' })).status, 200);
      await alice.say(channel, '<@bob> a secret');
      await eventually(() => assert.equal(shown().length, 1), soon_ms);
      assert.deepEqual(textOf(shown()[0]!), { title: 'Millrace', body: 'You have a new message' });
      assert.doesNotMatch(JSON.stringify(shown()), /secret|Alice/);
    });

    it('refuses what is no device, level, hour or zone, and names it', async () => {
      const { alice, bob, channel } = await stage();
      const refused = async (answer: Promise<{ status: number; body: { detail: string } }>, detail: RegExp) => {
        const { status, body } = await answer;
        assert.equal(status, 400);
        assert.match(body.detail, detail);
      };
      await refused(bob.post('/v1/devices', { platform: 'pager', token: 'x' }), /platform/);
      await refused(bob.post('/v1/devices', { platform: 'fcm', token: 'two words' }), /token/);
      await refused(bob.post('/v1/devices', { platform: 'fcm', token: '' }), /token/);
      await refused(bob.put(`/v1/channels/${channel}/notifications`, { level: 'some' }), /level/);
      await refused(bob.put('/v1/quiet_hours', { zone: 'Mars', from: '22:00', to: '07:00' }), /zone/);
      await refused(bob.put('/v1/quiet_hours', { zone: 'UTC', from: '24:00', to: '07:00' }), /from/);
      await refused(bob.put('/v1/quiet_hours', { zone: 'UTC', from: '07:00', to: '07:00' }), /to/);
      const stranger = await alice.makes('private', 'hidden');
      assert.equal((await bob.put(`/v1/channels/${stranger}/notifications`, { level: 'all' })).status, 404);
    });
  });

  // By itself: whoever shares a partition with what waits, waits.
  it('forgets phones that are gone, and waits for a service that takes nothing', async () => {
    const { alice, bob, channel, phone } = await stage();
    const apple = 'ab'.repeat(32);
    assert.equal((await bob.post('/v1/devices', { platform: 'apns', token: apple })).status, 201);
    let down = true;
    const before = services.answer;
    services.answer = (platform, token) => {
      if (token === phone) return { status: 404, reason: 'UNREGISTERED' };
      return down && token === apple ? { status: 503, reason: 'ServiceUnavailable' } : before(platform, token);
    };
    await alice.say(channel, '<@bob> to both');
    await eventually(async () => {
      const { body } = await bob.get('/v1/devices');
      assert.deepEqual((body as unknown as { devices: object[] }).devices, [{ platform: 'apns', token: apple }]);
    }, soon_ms);
    assert.deepEqual(services.to(apple), []);
    down = false;
    await eventually(() => assert.equal(services.to(apple).length, 1), 60_000);
    await sleep(never_ms);
    assert.equal(services.to(apple).length, 1);
    assert.equal((await bob.delete(`/v1/devices/${apple}`)).status, 204);
  });
});

const kindOf = (body: Pushed['body']) => (body['data'] as { kind: string }).kind;
const textOf = ({ body }: Pushed) => body['notification'] as { title: string; body: string };

function clock(time: Date, minutes: number): string {
  return new Date(time.getTime() + minutes * 60_000).toISOString().slice(11, 16);
}
