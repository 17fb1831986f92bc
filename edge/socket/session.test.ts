import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personKey } from '../../platform/keys.ts';
import type { Membership } from '../../platform/messages/port.ts';
import type { PersonEvent } from '../../schemas/generated/types.ts';
import { eventually } from '../../tests/support/eventually.ts';
import type { CallContext } from '../calls/context.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Socket } from '../transport/port.ts';
import { headTexts } from '../wire/head-texts.ts';
import { PresenceWatches } from './presence-watches.ts';
import { Session } from './session.ts';

const alice = { workspace_id: 'w', user_id: 'alice', role: 'member', name: 'Alice', expires_at: 0 } as const;

/** A session over a store that says what `memberships` holds, and what its socket was sent. */
async function session() {
  const memberships = new Map<string, Membership>();
  const sent: { type: string; channel_id?: string }[] = [];
  const subscribed = new Set<string>();
  const socket = {
    send: (text: string) => void sent.push(JSON.parse(text) as { type: string }),
    subscribe: (topic: string) => void subscribed.add(topic),
    unsubscribe: (topic: string) => void subscribed.delete(topic),
    unsent: () => 0,
    together: (work: () => void) => work(),
  } as unknown as Socket;
  const feed = { current: { rev: 9, seq: 9 }, reached: async () => undefined, since: () => [], recent: () => [] };
  const context = {
    store: { memberships: async () => [...memberships.values()], events: async () => [] },
    gateway: {
      acquirePerson: async () => undefined,
      acquireChannel: async () => feed,
      release: () => undefined,
      feed: () => undefined,
    },
  } as unknown as CallContext;
  const failures: unknown[] = [];
  const opened = new Session(socket, alice as never, context, (error) => void failures.push(error));
  await opened.greet();
  const tell = (joined: boolean, rev: number, change_id = 0): void => {
    const body: PersonEvent['body'] = { MembershipChanged: { channel_id: 'c', joined, rev, seq: 0, change_id } };
    opened.person({ workspace_id: 'w', user_id: 'alice', body });
  };
  const keep = (joined: boolean, rev: number): void => {
    memberships.set('c', { channel_id: 'c', joined, rev } as Membership);
  };
  const told = () => sent.map(({ type }) => type).filter((type) => type.startsWith('channel.'));
  return { tell, keep, told, subscribed, failures };
}

/** Whatever a late word would lead to has had its turn. */
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('word of a membership that comes again, from a worker that had been taken for dead', () => {
  it('lets nobody hear a channel that they have left', async () => {
    const { tell, keep, told, subscribed } = await session();
    keep(true, 3);
    tell(true, 3);
    await eventually(() => assert.deepEqual(told(), ['channel.added']));
    keep(false, 5);
    tell(false, 5);
    tell(true, 3);
    await later();
    assert.deepEqual(told(), ['channel.added', 'channel.removed']);
    assert.equal(subscribed.size, 0);
  });

  it('nor one from which they were removed a moment ago, before the store knows', async () => {
    const { tell, keep, told, subscribed } = await session();
    keep(true, 3);
    tell(true, 3);
    await eventually(() => assert.deepEqual(told(), ['channel.added']));
    tell(false, 0);
    tell(true, 3);
    await later();
    assert.equal(subscribed.size, 0);
  });

  it('nor one that they had left before this socket opened; and a return counts', async () => {
    const { tell, keep, told, subscribed, failures } = await session();
    keep(false, 5);
    tell(true, 3);
    await later();
    assert.deepEqual(told(), []);
    assert.equal(subscribed.size, 0);
    keep(true, 7);
    tell(true, 7);
    await eventually(() => assert.deepEqual(told(), ['channel.added']));
    assert.equal(subscribed.size, 1);
    assert.deepEqual(failures, []);
  });
});

describe('word of a removal, which comes past the channel’s order', () => {
  it('ends no later return, wherever that is on its way', async () => {
    const { tell, keep, told, subscribed, failures } = await session();
    keep(true, 3);
    tell(true, 3, 10);
    await eventually(() => assert.deepEqual(told(), ['channel.added']));
    // Removed by 11 and invited again by 12, both told before the removal's own word.
    tell(false, 4, 11);
    keep(true, 5);
    tell(true, 5, 12);
    tell(false, 0, 11);
    await eventually(() => assert.deepEqual(told(), ['channel.added', 'channel.removed', 'channel.added']));
    tell(false, 0, 11);
    await later();
    assert.equal(told().length, 3);
    assert.equal(subscribed.size, 1);
    // The next removal is in force at once, as ever.
    tell(false, 0, 13);
    assert.equal(subscribed.size, 0);
    assert.equal(told().at(-1), 'channel.removed');
    assert.deepEqual(failures, []);
  });

  it('ends a return that is on its way, where it is the later one', async () => {
    const { tell, keep, told, subscribed } = await session();
    keep(true, 5);
    tell(true, 5, 12);
    tell(false, 0, 13);
    await later();
    assert.equal(subscribed.size, 0);
    assert.ok(!told().includes('channel.added'));
  });
});

describe('a resume of many channels', () => {
  it('writes at once what the newest frames hold, waits for what they do not, and keeps to the order asked for', async () => {
    const names = ['a', 'b', 'old', 'c', 'left', 'd'];
    const feeds = new Map(
      names.map((channel_id) => {
        const frames = channel_id === 'old' ? undefined : [Buffer.from(JSON.stringify({ type: 'event', channel_id }))];
        const since = (rev: number) => (rev === 1 ? frames : []);
        const channel = { workspace_id: 'w', channel_id };
        const current = { rev: 2, seq: 2 };
        const texts = headTexts(channel_id, current);
        return [channel_id, { channel, address: channel_id, current, texts, since, reached: async () => undefined }];
      }),
    );
    /** Frames by write. */
    const writes: string[][] = [];
    let open: string[] | undefined;
    const socket = {
      send: (frame: string | Buffer) => {
        const { type, channel_id } = JSON.parse(frame.toString()) as { type: string; channel_id?: string };
        if (open) open.push(channel_id ?? type);
        else writes.push([channel_id ?? type]);
      },
      together: (work: () => void) => {
        open = [];
        work();
        if (open.length > 0) writes.push(open);
        open = undefined;
      },
      ...{ subscribe: () => undefined, unsubscribe: () => undefined, unsent: () => 0 },
    } as unknown as Socket;
    const joined = names.filter((name) => name !== 'left');
    const context = {
      store: {
        memberships: async () => joined.map((channel_id) => ({ channel_id, joined: true, rev: 1 })),
        eventsAfter: async () => [{ rev: 2, body: { MembersChanged: { kind: 'joined', user_ids: ['x'] } } }],
      },
      gateway: {
        acquirePerson: async () => undefined,
        acquireChannel: ({ channel_id }: { channel_id: string }) => feeds.get(channel_id),
        feed: ({ channel_id }: { channel_id: string }) => feeds.get(channel_id),
      },
    } as unknown as CallContext;
    const opened = new Session(socket, alice as never, context, (error) => assert.fail(String(error)));
    await opened.greet();
    writes.length = 0;
    await opened.resume('r', Object.fromEntries(names.map((name) => [name, 1])));
    assert.deepEqual(writes, [['a', 'b'], ['old'], ['c'], ['d'], ['resumed']]);
  });
});

describe('a session that ends', () => {
  it('gives back at once all that it holds, whom it watches among it', async () => {
    const held: string[] = [];
    const acquire = async (address: string): Promise<void> => void held.push(address);
    const gateway = {
      lives: 0,
      acquireAddress: acquire,
      acquirePerson: ({ user_id }: { user_id: string }) => acquire(personKey('w', user_id)),
      release: (address: string) => void held.splice(held.indexOf(address), 1),
    } as unknown as Gateway;
    const watches = new PresenceWatches(gateway, { inc: () => undefined });
    const store = { memberships: async () => [] };
    const socket = { send: () => undefined } as unknown as Socket;
    const context = { store, gateway, watches } as unknown as CallContext;
    const opened = new Session(socket, alice as never, context, (error) => assert.fail(String(error)));
    await opened.greet();
    await watches.watch(opened, 'w', ['bob', 'eve']);
    assert.equal(held.length, 3);
    opened.close();
    assert.deepEqual(held, []);
  });
});
