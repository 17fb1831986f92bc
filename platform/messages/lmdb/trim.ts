import { after, bigintAt, key, numberAt } from '../../lmdb/key.ts';
import { emptied, isEmptied } from '../emptied.ts';
import type { ChannelId, TrimmedMessage } from '../port.ts';
import { of, type Rows } from './rows.ts';

/** Rows that go beside messages, at once. */
const others = 5000;

/** Whether a thread has replies at or above an id. */
export function hasReplies(rows: Rows, channel: ChannelId, rootId: bigint, from: bigint): boolean {
  const range = { start: key(of(channel), rootId, from), end: after(key(of(channel), rootId)) };
  return rows.replies.first(range) !== undefined;
}

/** The port's trimmed. */
export function trimmedRows(rows: Rows, channel: ChannelId, limit: number): TrimmedMessage[] {
  const floor = rows.floor(channel);
  const found: TrimmedMessage[] = [];
  for (const { value } of rows.messages.range({ start: key(of(channel)), end: key(of(channel), floor) })) {
    const root = rows.decode(value);
    const id = BigInt(root.message_id);
    for (const reply of rows.replies.range({ start: key(of(channel), id), end: key(of(channel), id, floor) })) {
      found.push({ message_id: rows.decode(reply.value).message_id, thread_id: root.message_id });
      if (found.length >= limit) return found;
    }
    // One whose thread goes on is emptied once, and then stays.
    if (!isEmptied(root) || !hasReplies(rows, channel, id, floor))
      found.push({ message_id: root.message_id, thread_id: null });
    if (found.length >= limit) return found;
  }
  return found;
}

/** The port's goingOn. */
export function rootsGoingOn(rows: Rows, channel: ChannelId, from: bigint, limit: number): string[] {
  const floor = rows.floor(channel);
  const found: string[] = [];
  if (from + 1n >= floor) return found;
  for (const { key: at } of rows.messages.range({ start: key(of(channel), from + 1n), end: key(of(channel), floor) })) {
    const id = bigintAt(at, -8);
    if (hasReplies(rows, channel, id, floor) && found.push(id.toString()) >= limit) break;
  }
  return found;
}

/** The port's removeTrimmed. Inside `Environment.write`. */
export function removeTrimmedRows(rows: Rows, channel: ChannelId, messages: TrimmedMessage[]): void {
  const floor = rows.floor(channel);
  for (const { message_id, thread_id } of messages) {
    const id = BigInt(message_id);
    rows.versions.remove(key(of(channel), id));
    const place = rows.place(channel, id, thread_id);
    const row = place.table.get(place.key);
    if (thread_id !== null) {
      rows.roots.remove(key(of(channel), id));
      place.table.remove(place.key);
    } else if (row && hasReplies(rows, channel, id, floor)) {
      place.table.put(place.key, rows.encode(emptied(rows.decode(row))));
    } else if (row) {
      rows.seqs.remove(key(of(channel), rows.decode(row).seq));
      const threads = { start: key(of(channel), id), end: after(key(of(channel), id)) };
      for (const { key: at } of rows.participants.range(threads)) rows.participants.remove(at);
      place.table.remove(place.key);
    }
  }
  const trim = rows.trims.committed(key(of(channel)));
  if (!trim) return;
  // Events below are of messages that are gone, and mentions in them are read.
  const range = { start: key(of(channel)), end: key(of(channel), numberAt(trim, 16) + 1), limit: others };
  for (const table of [rows.events, rows.channelMentions])
    for (const { key: at } of table.range(range)) table.remove(at);
}
