import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import type { Frame } from './support/socket.ts';

describe('resuming', () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice');
    bob = await person('bob');
  });
  after(() => server.stop());

  const revs = (events: Frame[]): number[] => events.map(({ rev }) => rev);
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const head = async (channel: string) => (await alice.get(`/v1/channels/${channel}`)).body.channel.head;

  it('sends each missed event once, in rev order, then where each channel stands, then live ones', async () => {
    const channels = [await alice.makes('public', 'r1', [bob]), await alice.makes('private', 'r2', [bob])];
    const from = await Promise.all(channels.map((channel) => head(channel)));
    for (let i = 0; i < 20; i++) for (const channel of channels) await alice.say(channel, `missed ${i}`);
    const socket = await bob.socket();
    const wanted = Object.fromEntries(channels.map((channel, i) => [channel, from[i]!.rev]));
    const resumed = await socket.resume(wanted);
    for (const [i, channel] of channels.entries()) {
      const now = await head(channel);
      assert.deepEqual(resumed.channels[channel], { status: 'caught_up', head: now });
      const events = resumed.events.filter(({ channel_id }) => channel_id === channel);
      assert.deepEqual(revs(events), range(from[i]!.rev + 1, now.rev));
      assert.deepEqual(
        events.map(({ event }) => event.message.text),
        Array.from({ length: 20 }, (_, n) => `missed ${n}`),
      );
    }
    const said = await alice.say(channels[0]!, 'live');
    assert.deepEqual(
      (await socket.next((frame) => frame.rev === said.rev && frame.channel_id === channels[0])).event.message,
      said,
    );
    await socket.close();
  });

  it('is caught up at the head, and resets above it', async () => {
    const channel = await alice.makes('public', 'r3');
    await alice.say(channel, 'x');
    const now = await head(channel);
    const socket = await alice.socket();
    assert.deepEqual(await socket.resume({ [channel]: now.rev }), {
      channels: { [channel]: { status: 'caught_up', head: now } },
      events: [],
    });
    assert.deepEqual((await socket.resume({ [channel]: now.rev + 1 })).channels[channel], {
      status: 'reset',
      head: now,
    });
    assert.deepEqual((await socket.resume({ nowhere: 0 })).channels, { nowhere: { status: 'gone' } });
    assert.deepEqual((await socket.resume({})).channels, {});
    await socket.close();
  });

  it('reaches back to the first event, past what is kept in memory, also after a restart', async () => {
    const channel = await alice.makes('public', 'long', [bob]);
    await Promise.all(
      Array.from({ length: 700 }, (_, i) =>
        alice.post('/v1/messages', { channel_id: channel, text: `m${i}`, client_msg_id: `m${i}` }),
      ),
    );
    const now = await head(channel);
    for (const restarted of [false, true]) {
      if (restarted) {
        await server.kill();
        await server.restart();
      }
      const socket = await bob.socket();
      const whole = await socket.resume({ [channel]: 0 });
      assert.deepEqual(revs(whole.events), range(1, now.rev));
      assert.deepEqual(whole.channels[channel], { status: 'caught_up', head: now });
      const part = await socket.resume({ [channel]: now.rev - 300 });
      assert.deepEqual(revs(part.events), range(now.rev - 299, now.rev));
      await socket.close();
    }
  });

  it('loses and doubles nothing while others go on', async () => {
    const channel = await alice.makes('public', 'busy', [bob]);
    await alice.say(channel, 'first');
    let going = true;
    const writing = (async () => {
      for (let i = 0; going; i++) await Promise.all([0, 1, 2, 3].map((n) => alice.say(channel, `m${i}.${n}`)));
    })();
    let held = 0;
    try {
      for (let round = 0; round < 12; round++) {
        const socket = await bob.socket();
        const from = round % 3 === 0 ? 0 : held;
        const { events } = await socket.resume({ [channel]: from });
        assert.deepEqual(revs(events), range(from + 1, from + events.length));
        await socket.event();
        await socket.event();
        // From the first missed event on, all that the socket heard is in order and without a gap.
        const all = socket.events(channel);
        const first = all.findLastIndex(({ rev }) => rev === from + 1);
        const heard = revs(all.slice(first));
        assert.deepEqual(heard, range(from + 1, from + heard.length));
        held = heard.at(-1)!;
        await socket.close();
      }
    } finally {
      going = false;
      await writing;
    }
  });

  it('repeats an event with its message as it is now: no deleted or former text comes back', async () => {
    for (const many of [0, 150]) {
      const channel = await alice.makes('public', `shy-${many}`, [bob]);
      const from = await head(channel);
      // Somebody's socket keeps the channel in the server's memory.
      const open = await bob.socket();
      const secret = await alice.say(channel, 'the secret <@bob>');
      const typo = await alice.say(channel, 'teh typo');
      const root = await alice.say(channel, 'root');
      const base = `/v1/channels/${channel}/messages`;
      await bob.put(`${base}/${secret.message_id}/reactions/eyes`);
      await alice.patch(`${base}/${secret.message_id}`, { text: 'the secret, again' });
      await alice.patch(`${base}/${typo.message_id}`, { text: 'the typo' });
      await alice.delete(`${base}/${secret.message_id}`);
      await bob.say(channel, 'reply', { thread_id: root.message_id });
      for (let i = 0; i < many; i++) await alice.say(channel, `filler ${i}`);
      const socket = await bob.socket();
      const resumed = await socket.resume({ [channel]: from.rev });
      const events = resumed.events.filter(({ channel_id }) => channel_id === channel);
      assert.deepEqual(
        events.slice(0, 8).map(({ event }) => event.kind),
        [
          'message.created',
          'message.created',
          'message.created',
          'reaction.added',
          'message.edited',
          'message.edited',
          'message.deleted',
          'message.created',
        ],
      );
      assert.doesNotMatch(JSON.stringify(events), /secret|teh/);
      const about = events.filter(({ event }) => event.message.message_id === secret.message_id);
      assert.equal(about.length, 4);
      for (const { event } of about) assert.equal(event.message.deleted, true);
      for (const { event } of events)
        if (event.message.message_id === root.message_id) assert.equal(event.message.reply_count, 1);
      await open.close();
      await socket.close();
    }
  });
});
