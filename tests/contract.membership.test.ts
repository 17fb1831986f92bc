import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('membership on open sockets', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  async function people() {
    const { person } = workspace(server);
    const [alice, bob, carol] = await Promise.all([person('alice'), person('bob'), person('carol')]);
    return { alice, bob, carol };
  }

  it('tells of a new channel with the head just before one’s own member.joined, the next event', async () => {
    const { alice, bob } = await people();
    const sockets = [await bob.socket(), await bob.socket()];
    const channel = await alice.makes('private', 'plans');
    await alice.say(channel, 'before');
    const before = (await alice.get(`/v1/channels/${channel}`)).body.channel.head;
    assert.equal((await alice.put(`/v1/channels/${channel}/members/bob`)).status, 204);
    await alice.say(channel, 'after');
    for (const socket of sockets) {
      const added = await socket.next('channel.added');
      assert.equal(added.channel_id, channel);
      assert.deepEqual(added.head, before);
      const joined = await socket.event();
      assert.equal(joined.event.kind, 'member.joined');
      assert.equal(joined.rev, before.rev + 1);
      assert.deepEqual(joined.event.user_ids, ['bob']);
      const said = await socket.event();
      assert.equal(said.rev, before.rev + 2);
      assert.equal(said.event.message.text, 'after');
      assert.equal(socket.events(channel).length, 2, 'nothing of before');
      await socket.close();
    }
  });

  it('adds a channel that was made with one as its member', async () => {
    const { alice, bob } = await people();
    const [hers, his] = [await alice.socket(), await bob.socket()];
    const channel = await alice.makes('group', 'team', [bob]);
    for (const socket of [hers, his]) {
      assert.equal((await socket.next('channel.added')).channel_id, channel);
      assert.equal((await socket.event()).event.kind, 'member.joined');
      await socket.close();
    }
  });

  it('joins a public one by oneself, and the others hear it', async () => {
    const { alice, bob } = await people();
    const channel = await alice.makes('public', 'open');
    const [hers, his] = [await alice.socket(), await bob.socket()];
    assert.equal((await bob.put(`/v1/channels/${channel}/members/bob`)).status, 204);
    assert.equal((await his.next('channel.added')).channel_id, channel);
    const heard = await hers.event('member.joined');
    assert.deepEqual(heard.event.user_ids, ['bob']);
    assert.equal((await alice.get(`/v1/channels/${channel}`)).body.channel.member_count, 2);
    // Again: no change.
    const { head } = (await alice.get(`/v1/channels/${channel}`)).body.channel;
    assert.equal((await bob.put(`/v1/channels/${channel}/members/bob`)).status, 204);
    assert.deepEqual((await alice.get(`/v1/channels/${channel}`)).body.channel.head, head);
    await hers.close();
    await his.close();
  });

  for (const [name, leaves] of [
    ['leaving', true],
    ['being removed', false],
  ] as const) {
    it(`withdraws a channel at once by ${name}`, async () => {
      const { alice, bob, carol } = await people();
      const channel = await alice.makes('private', 'plans', [bob, carol]);
      const [his, hers] = [await bob.socket(), await carol.socket()];
      const who = leaves ? bob : alice;
      assert.equal((await who.delete(`/v1/channels/${channel}/members/bob`)).status, 204);
      const removed = await his.next('channel.removed');
      assert.equal(removed.channel_id, channel);
      assert.ok(removed.head.rev >= 1);
      for (let i = 0; i < 5; i++) await alice.say(channel, `secret ${i}`);
      const left = await hers.event('member.left');
      assert.deepEqual(left.event.user_ids, ['bob']);
      await hers.next((frame) => frame.type === 'event' && frame.event.message?.text === 'secret 4');
      await his.settled();
      assert.deepEqual(
        his.events(channel).filter(({ event }) => event.kind === 'message.created'),
        [],
      );
      const refused = await his.ask({ type: 'send', channel_id: channel, text: 'still here?', client_msg_id: 'x' });
      assert.equal(refused.type, 'error');
      assert.equal(refused.code, 'not_found');
      const { channels, events } = await his.resume({ [channel]: 0 });
      assert.equal(channels[channel]!.status, 'gone');
      assert.equal(channels[channel]!.head, undefined);
      assert.deepEqual(events, []);
      const unreads = (await bob.get('/v1/unreads')).body.channels.map(({ channel_id }) => channel_id);
      assert.deepEqual(unreads, []);
      await his.close();
      await hers.close();
    });
  }

  it('withdraws a channel in the midst of a resume that a slow reader holds up', async () => {
    const { alice, bob, carol } = await people();
    const channel = await alice.makes('private', 'plans', [bob, carol]);
    for (let i = 0; i < 20; i++)
      await Promise.all(Array.from({ length: 50 }, (_, n) => alice.say(channel, `${i}.${n} `.padEnd(8000, 'x'))));
    const socket = await bob.socket();
    const stream = (socket.ws as unknown as { _socket: { pause(): void; resume(): void } })._socket;
    stream.pause();
    socket.send({ type: 'resume', id: 'held up', channels: { [channel]: 0 } });
    await sleep(300);
    assert.equal((await alice.delete(`/v1/channels/${channel}/members/bob`)).status, 204);
    const { head } = (await alice.get(`/v1/channels/${channel}`)).body.channel;
    await alice.say(channel, 'secret');
    stream.resume();
    assert.equal((await socket.next('resumed')).channels[channel]?.status, 'gone');
    await alice.say(channel, 'secret as well');
    await socket.settled();
    const last = socket.events(channel).at(-1)!;
    assert.ok(last.rev < head.rev - 100, `it held up at ${last.rev}: the test tested nothing`);
    assert.ok(socket.frames.some(({ type }) => type === 'channel.removed'));
    await socket.close();
  });

  it('comes back after leaving, with the events in order and none of the time between', async () => {
    const { alice, bob } = await people();
    const channel = await alice.makes('private', 'plans', [bob]);
    const socket = await bob.socket();
    await alice.delete(`/v1/channels/${channel}/members/bob`);
    await socket.next('channel.removed');
    await alice.say(channel, 'behind his back');
    await alice.put(`/v1/channels/${channel}/members/bob`);
    const added = await socket.next('channel.added');
    const joined = await socket.event();
    assert.equal(joined.event.kind, 'member.joined');
    assert.equal(joined.rev, added.head.rev + 1);
    await alice.say(channel, 'together');
    assert.equal((await socket.event()).event.message.text, 'together');
    await socket.close();
  });

  it('stays right through many joins and leaves in a row', async () => {
    const { alice, bob } = await people();
    const channel = await alice.makes('public', 'door');
    const socket = await bob.socket();
    for (let i = 0; i < 15; i++) {
      await bob.put(`/v1/channels/${channel}/members/bob`);
      await alice.say(channel, `in ${i}`);
      await bob.delete(`/v1/channels/${channel}/members/bob`);
    }
    await bob.put(`/v1/channels/${channel}/members/bob`);
    await alice.say(channel, 'the end');
    await socket.next((frame) => frame.type === 'event' && frame.event.message?.text === 'the end');
    // Between an added and a removed frame, events follow the added head without a gap.
    let next: number | undefined;
    for (const frame of socket.frames) {
      if (frame.type === 'channel.added') {
        assert.equal(next, undefined, 'added while there');
        next = frame.head.rev + 1;
      } else if (frame.type === 'channel.removed') next = undefined;
      else if (frame.type === 'event') {
        assert.equal(frame.rev, next);
        next = frame.rev + 1;
      }
    }
    assert.notEqual(next, undefined);
    await socket.close();
  });

  it('tells of those who join a channel of more than 1,000 within a second in one event, and so of those who leave', async () => {
    const { person } = workspace(server);
    const alice = await person('alice');
    const many: Awaited<ReturnType<typeof person>>[] = [];
    while (many.length < 1030) {
      const ids = Array.from({ length: 50 }, (_, i) => `p${many.length + i}`);
      many.push(...(await Promise.all(ids.map((id) => person(id)))));
    }
    const [others, late] = [many.slice(0, 1000), many.slice(1000)];
    const channel = await alice.makes('public', 'everybody', others);
    const socket = await alice.socket();
    const told = async (kind: string, people: number): Promise<number> => {
      const found = new Set<string>();
      let events = 0;
      for (let rev = 0; found.size < people; events++) {
        const event = await socket.event();
        assert.equal(event.event.kind, kind);
        assert.ok(rev === 0 || event.rev === rev + 1);
        rev = event.rev;
        for (const id of event.event.user_ids) found.add(id);
      }
      return events;
    };
    const began = Date.now();
    const path = (who: { id: string }): string => `/v1/channels/${channel}/members/${who.id}`;
    const first = await late[0]!.put(path(late[0]!));
    assert.equal(first.status, 204);
    assert.equal((await late[0]!.get(`/v1/channels/${channel}`)).status, 200);
    await late[0]!.say(channel, 'in force at once');
    assert.equal((await socket.event()).event.kind, 'message.created');
    await Promise.all(late.slice(1).map(async (one) => assert.equal((await one.put(path(one))).status, 204)));
    // One for each second that it took, and the one in which it began.
    assert.ok((await told('member.joined', late.length)) <= 2 + (Date.now() - began) / 1000);
    const leaving = Date.now();
    await Promise.all(late.map(async (one) => assert.equal((await one.delete(path(one))).status, 204)));
    assert.equal(
      (await late[0]!.post('/v1/messages', { channel_id: channel, text: 'x', client_msg_id: '1' })).status,
      403,
    );
    assert.ok((await told('member.left', late.length)) <= 2 + (Date.now() - leaving) / 1000);
    await socket.close();
  });

  it('tells members of a channel’s changes', async () => {
    const { alice, bob } = await people();
    const channel = await alice.makes('public', 'old-name', [bob]);
    const socket = await bob.socket();
    await alice.patch(`/v1/channels/${channel}`, { name: 'new-name' });
    const renamed = await socket.event('channel.changed');
    assert.equal(renamed.event.channel.name, 'new-name');
    assert.equal(renamed.event.channel.channel_id, channel);
    await bob.patch(`/v1/channels/${channel}`, { topic: 'news' });
    assert.equal((await socket.event('channel.changed')).event.channel.topic, 'news');
    await alice.patch(`/v1/channels/${channel}`, { archived: true });
    assert.equal((await socket.event('channel.changed')).event.channel.archived, true);
    await socket.close();
  });

  it('is of one’s own workspace: ids of another mean nothing', async () => {
    const one = await people();
    const other = await people();
    const channel = await one.alice.makes('public', 'ours');
    const socket = await other.alice.socket();
    assert.equal((await other.alice.put(`/v1/channels/${channel}/members/alice`)).status, 404);
    assert.equal((await socket.resume({ [channel]: 0 })).channels[channel]!.status, 'gone');
    await one.alice.say(channel, 'among us');
    await socket.settled();
    assert.deepEqual(socket.events(channel), []);
    await socket.close();
  });
});
