import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fixture } from '../../platform/messages/fixture.ts';
import type { MessageStore, StoredEvent } from '../../platform/messages/port.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { ChannelFeed } from './channel-feed.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };

/** A live event of a new message, and the same as the store has it. */
function event(rev: number): MessageEvent {
  const message = { ...fixture(String(rev), rev), rev };
  return {
    ...{
      ...channel,
      rev,
      seq: rev,
      time: 0,
      command_offset: rev,
      actor_id: 'a',
      reply_to: null,
      trace_id: '',
      made: null,
    },
    body: {
      MessageChanged: {
        ...{ kind: 'created', message, emoji: '', root_reply_count: 0 },
        ...{ unmentioned: [], unmentioned_channel: 0, previous: null, versions_gone: false },
      },
    },
  };
}
const stored = (rev: number): StoredEvent => ({ rev, kind: 'created', message: { ...fixture(String(rev), rev), rev } });

describe('a gap in a channel’s feed, while the store does not answer', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  /** Lets so much time pass, and what waits for it run. */
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 50) {
      mock.timers.tick(50);
      await turn();
    }
  };

  async function feed() {
    const store = { away: true, asked: 0, last: 0 };
    const told: number[] = [];
    const failures: unknown[] = [];
    const opened = new ChannelFeed(
      channel,
      {
        head: async () => ({ rev: 1, seq: 1 }),
        eventsAfter: async (_: unknown, rev: number) => {
          store.asked++;
          if (store.away) throw new Error('no answer in 5 s');
          return Array.from({ length: Math.max(0, store.last - rev) }, (__, i) => stored(rev + 1 + i));
        },
      } as unknown as MessageStore,
      (frame) => void told.push((JSON.parse(frame.toString()) as { rev: number }).rev),
      (error) => void failures.push(error),
    );
    await opened.begin();
    return { opened, store, told, failures };
  }

  it('is filled once it does, with no further event of the channel', async () => {
    const { opened, store, told, failures } = await feed();
    opened.take(event(4));
    opened.take(event(5));
    await pass(3000);
    assert.deepEqual(told, []);
    assert.ok(failures.length >= 1, 'the log says so');
    assert.ok(store.asked >= 2 && store.asked <= 10, `asked ${store.asked} times in three seconds`);
    store.away = false;
    store.last = 4;
    await pass(10_000);
    assert.deepEqual(told, [2, 3, 4, 5]);
    opened.take(event(6));
    assert.deepEqual(told, [2, 3, 4, 5, 6]);
  });

  it('is given up with the channel', async () => {
    const { opened, store } = await feed();
    opened.take(event(4));
    await pass(1000);
    opened.close();
    await pass(10_000);
    const { asked } = store;
    await pass(60_000);
    assert.equal(store.asked, asked);
  });

  it('keeps no more waiting than its bound, and what did not fit comes from the store', async () => {
    const { opened, store, told } = await feed();
    const last = 12_000;
    for (let rev = 4; rev <= last; rev++) opened.take(event(rev));
    await pass(1000);
    store.away = false;
    store.last = last;
    await pass(10_000);
    assert.deepEqual(
      told,
      Array.from({ length: last - 1 }, (_, i) => i + 2),
    );
  });
});

it('tells how far it has come as text that goes on with its events', async () => {
  const store = { head: async () => ({ rev: 1, seq: 1 }) } as unknown as MessageStore;
  const feed = new ChannelFeed(
    channel,
    store,
    () => undefined,
    (error) => assert.fail(String(error)),
  );
  await feed.begin();
  assert.equal(feed.texts.listed, '{"channel_id":"c","head":{"rev":1,"seq":1}}');
  assert.equal(feed.texts, feed.texts);
  feed.take(event(2));
  assert.equal(feed.texts.listed, '{"channel_id":"c","head":{"rev":2,"seq":2}}');
  assert.equal(feed.texts.caughtUp, '"c":{"status":"caught_up","head":{"rev":2,"seq":2}}');
});
