import { Type } from '@sinclair/typebox';
import { personKey } from '../../platform/keys.ts';
import { defineProcessor, type Output, type State } from '../../runtime/processor.ts';
import type { PushCandidate, PushDue, PushOutcome, ReadMoved } from '../../schemas/generated/types.ts';
import { DueList, mergeDue } from './due.ts';
import { isRead, joined, type Pending, withMessage, withoutRead } from './pending.ts';

const day_ms = 24 * 3_600_000;

const options = Type.Object(
  {
    'grace-seconds': Type.Integer({ minimum: 0, maximum: 60, default: 5, description: 'How long to wait for a read.' }),
    'burst-seconds': Type.Integer({
      minimum: 0,
      maximum: 600,
      default: 30,
      description: 'For so long after a push, what follows in the channel is gathered into the next one.',
    }),
  },
  { additionalProperties: false },
);

/** The newest push of a channel that a person may still see. */
interface Shown {
  rev: number;
  message_id: string;
  thread_id: string | null;
  at: number;
}

/** What was let go, and of which no outcome came yet. */
interface Asked extends Shown {
  /** Read meanwhile. */
  read: boolean;
  /** What of it is unread, should it be held back: by quiet hours, or until what is late is there. */
  waiting: Pending | undefined;
}

/** So many pushes does one record let go, and some more; the rest goes with the next. */
const enoughAtTick = 1000;
const enoughAtRecord = 10;

export default defineProcessor({
  doc: 'Holds what may be pushed to a person until it was not read for a while, makes one push of a burst, and tells when a pushed message was read.',
  inputs: ['PushCandidate', 'PersonEvent', 'PushOutcome', 'GatewayLease'],
  outputs: { due: 'PushDue' },
  options,
  stateVersion: 2,
  tables: {
    pending: { doc: 'What waits to be told, by person and channel.' },
    due: { doc: 'Which of these are due when.' },
    newest: {
      doc: 'The newest candidate’s rev, by person and channel: one that comes again is not taken.',
      expires_ms: 2 * day_ms,
    },
    asked: { doc: 'What was last let go, until it is known whether it was sent.', expires_ms: 2 * day_ms },
    shown: { doc: 'The last push that was sent, by person and channel.', expires_ms: 7 * day_ms },
    clock: { doc: 'How far record time had come when something was held or let go.' },
  },
  moves: {
    keyOf: (table, key) => (table === 'due' || table === 'clock' ? undefined : personOf(key)),
    merge: (table, key, values) => (table === 'due' ? mergeDue(key, values) : Math.max(...(values as number[]))),
  },
  create: (given) => {
    const grace_ms = (given['grace-seconds'] ?? 5) * 1000;
    const burst_ms = (given['burst-seconds'] ?? 30) * 1000;
    return (state, input) => {
      const now = Math.max((state.get('clock', '') as number | undefined) ?? 0, input.time);
      const out: Output[] = [];
      if (input.schema === 'PushCandidate') hold(state, input.value, now, grace_ms, burst_ms);
      if (input.schema === 'PersonEvent' && 'ReadMoved' in input.value.body)
        out.push(...read(state, input.value, input.value.body.ReadMoved));
      if (input.schema === 'PushOutcome') out.push(...settle(state, input.value, now, grace_ms));
      return out.concat(release(state, now, input.schema === 'GatewayLease' ? enoughAtTick : enoughAtRecord));
    };
  },
});

/** Times of several sources differ: what was decided at one is never decided anew at an earlier one. */
function advance(state: State, now: number): void {
  state.set('clock', '', now);
}

function hold(state: State, candidate: PushCandidate, now: number, grace_ms: number, burst_ms: number): void {
  const key = keyOf(candidate, candidate.channel_id);
  if (candidate.rev <= ((state.get('newest', key) as number | undefined) ?? 0)) return;
  advance(state, now);
  state.set('newest', key, candidate.rev);
  const before = (['asked', 'shown'] as const).map((table) => (state.get(table, key) as Shown | undefined)?.at ?? 0);
  const due = Math.max(now + grace_ms, ...before.map((at) => at + burst_ms));
  const waiting = state.get('pending', key) as Pending | undefined;
  // What waits for the end of quiet hours goes along: whether they still hold is asked anew.
  if (waiting && waiting.due <= due) state.set('pending', key, withMessage(waiting, candidate));
  else {
    state.set('pending', key, { ...withMessage(waiting ?? { due, messages: [], more: 0 }, candidate), due });
    new DueList(state).add(key, due);
  }
}

function read(state: State, person: { workspace_id: string; user_id: string }, moved: ReadMoved): Output[] {
  const { channel_id } = moved;
  const key = keyOf(person, channel_id);
  const waiting = state.get('pending', key) as Pending | undefined;
  if (waiting) state.set('pending', key, withoutRead(waiting, moved));
  const asked = state.get('asked', key) as Asked | undefined;
  if (asked) {
    const left = asked.waiting && withoutRead(asked.waiting, moved);
    state.set('asked', key, { ...asked, read: asked.read || isRead(asked, moved), waiting: left } satisfies Asked);
  }
  const shown = state.get('shown', key) as Shown | undefined;
  return shown && isRead(shown, moved) ? [clear(state, key, shown)] : [];
}

/** What became of a push: only what a phone has starts a burst, and is taken from its screen again. */
function settle(state: State, outcome: PushOutcome, now: number, grace_ms: number): Output[] {
  const { message_id, rev, thread_id, sent, again_at } = outcome;
  const key = keyOf(outcome, outcome.channel_id);
  const asked = state.get('asked', key) as Asked | undefined;
  // One that comes again, or too late to matter.
  if (!asked || rev > asked.rev) return [];
  advance(state, now);
  const { at } = asked;
  if (rev < asked.rev) {
    if (sent) state.set('shown', key, { message_id, rev, thread_id, at } satisfies Shown);
    return [];
  }
  state.set('asked', key, undefined);
  if (sent) {
    const shown = { message_id, rev, thread_id, at };
    state.set('shown', key, shown satisfies Shown);
    return asked.read ? [clear(state, key, shown)] : [];
  }
  const next = state.get('pending', key) as Pending | undefined;
  const held = again_at > 0 ? asked.waiting : undefined;
  if (!next && !held) return [];
  // Nothing rang: what follows need not wait for a burst to be over.
  const due = next ? Math.min(next.due, now + grace_ms) : Math.max(again_at, now + 1);
  const all = next && held ? joined(held, next) : (next ?? held!);
  const known = next ? next.due === due : all.listed === due;
  state.set('pending', key, { ...all, due, ...(next ? {} : { listed: due }) } satisfies Pending);
  if (!known) new DueList(state).add(key, due);
  return [];
}

function clear(state: State, key: string, { rev, message_id, thread_id }: Shown): Output {
  state.set('shown', key, undefined);
  const [workspace_id, user_id, channel_id] = JSON.parse(key) as [string, string, string];
  return dueOf({ workspace_id, user_id }, { channel_id, kind: 'clear', message_id, rev, thread_id, count: 0 });
}

function release(state: State, now: number, enough: number): Output[] {
  const out: Output[] = [];
  const keys = new DueList(state).take(now, enough);
  // A tick with nothing due writes nothing: there is one each second or less, in every partition.
  if (keys.length > 0) advance(state, now);
  for (const key of keys) {
    const waiting = state.get('pending', key) as Pending | undefined;
    // Read meanwhile, and perhaps begun anew with a later time.
    if (!waiting || Math.ceil(waiting.due / 1000) * 1000 > now) continue;
    state.set('pending', key, undefined);
    const { rev, message_id, thread_id } = waiting.messages.at(-1)!;
    const asked = { rev, message_id, thread_id, at: now, read: false, waiting };
    state.set('asked', key, asked satisfies Asked);
    const [workspace_id, user_id, channel_id] = JSON.parse(key) as [string, string, string];
    const count = waiting.messages.length + waiting.more;
    out.push(dueOf({ workspace_id, user_id }, { channel_id, kind: 'show', message_id, rev, thread_id, count }));
  }
  return out;
}

function dueOf(
  { workspace_id, user_id }: { workspace_id: string; user_id: string },
  due: Omit<PushDue, 'workspace_id' | 'user_id'>,
): Output {
  const value = { workspace_id, user_id, ...due };
  return { to: 'due', schema: 'PushDue', key: personKey(workspace_id, user_id), value };
}

function keyOf({ workspace_id, user_id }: { workspace_id: string; user_id: string }, channelId: string): string {
  return JSON.stringify([workspace_id, user_id, channelId]);
}

function personOf(key: string): string {
  const [workspace_id, user_id] = JSON.parse(key) as [string, string, string];
  return personKey(workspace_id, user_id);
}
