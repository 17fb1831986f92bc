import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Message } from '../../schemas/generated/types.ts';
import type { OpenMessages } from './contract.ts';
import type { ChannelId, MessageStore, RowWrite } from './port.ts';

const people = ['ann', 'bob', 'cid'];
const four_days_ms = 345_600_000;
/** Where a rev's bytes in Avro stop growing with it: a store that lets the greater bytes win is found out. */
const firstRev = 122;

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('create', 'reply', 'edit', 'edit', 'delete', 'import', 'membership', 'read'),
    target: fc.nat(20),
    person: fc.constantFrom(...people),
    mentions: fc.constantFrom('ann', null, undefined),
    epoch: fc.nat(2),
  }),
  { minLength: 1, maxLength: 14 },
);
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

/** In which order rows arrive: each at least once, cut into writes. */
const arrivals = fc.record({
  keys: fc.array(fc.nat(), { minLength: 8, maxLength: 40 }),
  size: fc.integer({ min: 1, max: 40 }),
});

/** Rows that come in any order, repeated, read as if they had come once in order. */
export function orderContract(name: string, open: () => Promise<OpenMessages>, runs: number): void {
  it(`rows in any order and any repetition read as if in order: ${name}`, async () => {
    const { store, close } = await open();
    let run = 0;
    try {
      await fc.assert(
        fc.asyncProperty(steps, arrivals, async (story, { keys, size }) => {
          run++;
          const inOrder = rowsOf({ workspace_id: `in-order-${run}`, channel_id: 'c' }, story);
          const other = { workspace_id: `any-order-${run}`, channel_id: 'c' };
          const shuffled = rootsFirst(shuffle(rowsOf(other, story), keys));
          await store.write(inOrder);
          for (let at = 0; at < shuffled.length; at += size) await store.write(shuffled.slice(at, at + size));
          const read = await readAll(store, other, story.length);
          assert.deepEqual(read, await readAll(store, inOrder[0]!, story.length));
          assert.deepEqual(
            new Map(read.messages.map(({ message_id, text }) => [message_id, text])),
            lastTexts(inOrder),
          );
        }),
        // Against a slow engine shrinking must end somewhere.
        { numRuns: runs, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: false },
      );
    } finally {
      await close();
    }
  });
}

/** What a channel's story comes to, as `persist` has it kept. */
function rowsOf({ workspace_id, channel_id }: ChannelId, story: Step[]): RowWrite[] {
  const channel = { workspace_id, channel_id };
  const rows: RowWrite[] = [];
  const messages: Message[] = [];
  let seq = 0;
  for (const [i, step] of story.entries()) {
    const rev = firstRev + i;
    const keep = (message: Message, kind: string): void => {
      rows.push({ kind: 'message', ...channel, message: { ...message } });
      const { message_id, thread_id } = message;
      rows.push({ kind: 'event', ...channel, rev, event: { kind, message_id, thread_id } });
    };
    const target = messages[step.target % Math.max(1, messages.length)];
    const mention = (since: number, alive: boolean): void => {
      if (step.mentions === undefined) return;
      rows.push({
        kind: 'mention',
        ...channel,
        user_id: step.mentions,
        rev: since,
        author_id: 'bob',
        alive,
        changed_rev: rev,
      });
    };
    if (step.kind === 'reply' && target) {
      const root = messages.find(({ message_id }) => message_id === (target.thread_id ?? target.message_id))!;
      const reply = messageOf(rev, { seq: root.seq, thread_id: root.message_id });
      messages.push(reply);
      keep(reply, 'created');
      root.reply_count++;
      const root_id = root.message_id;
      rows.push({ kind: 'reply_count', ...channel, root_id, reply_count: root.reply_count });
      rows.push({ kind: 'participant', ...channel, user_id: step.person, root_id });
      rows.push({ kind: 'thread_marker', ...channel, user_id: step.person, root_id, last_read_id: reply.message_id });
    } else if (step.kind === 'delete' && target) {
      Object.assign(target, { rev, text: '', deleted: true });
      keep(target, 'deleted');
      rows.push({ kind: 'versions_gone', ...channel, message_id: target.message_id, rev });
    } else if (step.kind === 'edit' && target && !target.deleted) {
      const { message_id, text } = target;
      rows.push({ kind: 'version', ...channel, message_id, rev: target.rev, text, time: target.rev });
      Object.assign(target, { rev, text: `${target.text} edited at ${rev}` });
      keep(target, 'edited');
      mention(target.created_rev, rev % 2 === 0);
    } else if (step.kind === 'membership') {
      rows.push({ kind: 'membership', ...channel, user_id: step.person, joined: rev % 2 === 0, rev, seq });
    } else if (step.kind === 'read') {
      const marker = {
        epoch: step.epoch,
        last_read_seq: step.target % (seq + 1),
        last_read_rev: firstRev + (step.target % (i + 1)),
        since_rev: step.epoch === 0 ? 0 : firstRev + step.epoch * 3,
      };
      rows.push({ kind: 'marker', ...channel, user_id: step.person, marker });
    } else {
      const imported = step.kind === 'import';
      const message = messageOf(rev, { seq: ++seq, imported });
      messages.push(message);
      keep(message, 'created');
      mention(rev, true);
      if (!imported) rows.push({ kind: 'own_read', ...channel, user_id: step.person, seq, rev });
      if (imported) {
        const { client_msg_id, message_id, thread_id } = message;
        rows.push({ kind: 'identity', ...channel, client_msg_id, message_id, thread_id });
        rows.push({ kind: 'read_floor', ...channel, seq, rev });
      }
    }
    if (step.kind === 'membership' || step.kind === 'read') {
      const body = { MembersChanged: { kind: 'joined' as const, user_ids: [step.person], change_id: rev } };
      rows.push({ kind: 'event', ...channel, rev, event: { body } });
    }
    rows.push({ kind: 'head', ...channel, head: { rev, seq } });
  }
  return rows;
}

/** Ids some days apart, imported ones before all others. */
function messageOf(rev: number, change: Partial<Message>): Message {
  const days = BigInt((1000 + (change.imported ? -rev : rev)) * four_days_ms);
  return {
    message_id: String((days << 22n) + BigInt(rev)),
    seq: 0,
    rev,
    created_rev: rev,
    user_id: 'bob',
    text: `made at ${rev}`,
    client_msg_id: `c${rev}`,
    thread_id: null,
    reply_count: 0,
    reactions: [],
    mentions: [],
    mentions_channel: 0,
    mentions_here: [],
    reached: [],
    created_at: rev,
    edited_at: null,
    deleted: false,
    imported: false,
    stamps: null,
    ...change,
  };
}

/** What the story says of each message in the end: both reads could be wrong alike. */
function lastTexts(inOrder: RowWrite[]): Map<string, string> {
  const rows = inOrder.filter((row) => row.kind === 'message');
  return new Map(rows.map(({ message }) => [message.message_id, message.text]));
}

/** All rows, and some of them again, in an order that the keys decide. */
function shuffle(rows: RowWrite[], keys: number[]): RowWrite[] {
  const again = rows.filter((_, i) => keys[i % keys.length]! % 3 === 0);
  return [...rows, ...again]
    .map((row, i) => ({ row, by: (keys[i % keys.length]! + i * 7919) % 101 }))
    .sort((a, b) => a.by - b.by)
    .map(({ row }) => row);
}

/** The port's one condition: a root is there before it is told how many replies it has. */
function rootsFirst(rows: RowWrite[]): RowWrite[] {
  const there = new Set<string>();
  const ordered: RowWrite[] = [];
  const waiting: (RowWrite & { kind: 'reply_count' })[] = [];
  for (const row of rows) {
    if (row.kind === 'reply_count' && !there.has(row.root_id)) {
      waiting.push(row);
      continue;
    }
    ordered.push(row);
    if (row.kind === 'message') there.add(row.message.message_id);
  }
  return [...ordered, ...waiting];
}

async function readAll(store: MessageStore, { workspace_id, channel_id }: ChannelId, revs: number) {
  const channel = { workspace_id, channel_id };
  const all = { newest: true, limit: 100 } as const;
  const history = await store.history(channel, all);
  const identities = Array.from({ length: revs }, (_, i) => `c${firstRev + i}`);
  const events = await store.eventsAfter(channel, firstRev - 1, 100);
  const ids = (events ?? []).flatMap((event) => ('message' in event ? [event.message.message_id] : []));
  const found = (await store.messages(channel, ids)).sort((a, b) => a.created_rev - b.created_rev);
  const read = {
    history,
    events,
    threads: await Promise.all(
      history.messages.map(({ message_id }) => store.thread(channel, message_id, { limit: 100 })),
    ),
    messages: found,
    identities: await store.identities(channel, identities),
    versions: await Promise.all(found.map(({ message_id }) => store.versions(channel, message_id, 100))),
    threadStates: await Promise.all(
      history.messages.flatMap(({ message_id }) =>
        people.map((user_id) => store.threadState({ workspace_id, user_id }, channel_id, message_id)),
      ),
    ),
    seqs: await Promise.all(history.messages.map(({ seq }) => store.revBefore(channel, seq - 1))),
    people: await Promise.all(
      people.map(async (user_id) => [
        await store.memberships({ workspace_id, user_id }),
        await store.marker({ workspace_id, user_id }, channel_id),
        await store.unreads({ workspace_id, user_id }, [channel_id]),
      ]),
    ),
  };
  return JSON.parse(JSON.stringify(read)) as typeof read;
}
