import type { PushCandidate, ReadMoved } from '../../schemas/generated/types.ts';

/** At most so many messages of a channel are remembered one by one; the oldest are then counted only. */
const remembered = 50;

/** What waits to be told to one person of one channel. */
export interface Pending {
  /** Milliseconds of record time. */
  due: number;
  /** Oldest first. */
  messages: { rev: number; message_id: string; thread_id: string | null }[];
  /** Of older ones, how many. */
  more: number;
  /** For when it stands in the list of what is due, beyond its grace: not put there twice. */
  listed?: number;
}

export function withMessage(pending: Pending, { rev, message_id, thread_id }: PushCandidate): Pending {
  const messages = [...pending.messages, { rev, message_id, thread_id }];
  const dropped = Math.max(0, messages.length - remembered);
  return { ...pending, messages: messages.slice(dropped), more: pending.more + dropped };
}

/** What waited longer, and what came after it. */
export function joined(first: Pending, then: Pending): Pending {
  const messages = [...first.messages, ...then.messages];
  const dropped = Math.max(0, messages.length - remembered);
  return { ...first, ...then, messages: messages.slice(dropped), more: first.more + then.more + dropped };
}

/** What is left after a read; undefined: nothing. */
export function withoutRead(pending: Pending, read: ReadMoved): Pending | undefined {
  const messages = pending.messages.filter((message) => !isRead(message, read));
  if (messages.length === 0) return undefined;
  // Those that are only counted lie before the first that is remembered.
  const more = messages.length < pending.messages.length ? 0 : pending.more;
  return { ...pending, messages, more };
}

/** Whether a read reaches a message. A thread's read reaches replies of it, a channel's whatever came before. */
export function isRead(
  { rev, message_id, thread_id }: { rev: number; message_id: string; thread_id: string | null },
  { marker, thread }: ReadMoved,
): boolean {
  if (!thread) return rev <= marker.last_read_rev;
  return thread_id === thread.thread_id && BigInt(message_id) <= BigInt(thread.last_read_id);
}
