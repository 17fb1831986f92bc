import type { Message } from '../../../schemas/generated/types.ts';
import { after, bigintAt, key, numberAt } from '../../lmdb/key.ts';
import type { Table } from '../../lmdb/table.ts';
import { disowned, isDisowned } from '../emptied.ts';
import { mentionsOf } from '../mentions-of.ts';
import type { ChannelId, TrimmedMessage } from '../port.ts';
import { of, ofPerson, type Rows } from './rows.ts';

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
    if (!isDisowned(root) || !hasReplies(rows, channel, id, floor))
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
export function removeTrimmedRows(rows: Rows, channel: ChannelId, messages: TrimmedMessage[]): boolean {
  const floor = rows.floor(channel);
  for (const { message_id, thread_id } of messages) {
    const id = BigInt(message_id);
    rows.versions.remove(key(of(channel), id));
    const place = rows.place(channel, id, thread_id);
    const row = place.table.get(place.key);
    if (row) removeMentions(rows, channel, rows.decode(row));
    if (thread_id !== null) {
      rows.roots.remove(key(of(channel), id));
      place.table.remove(place.key);
    } else if (row && hasReplies(rows, channel, id, floor)) {
      place.table.put(place.key, rows.encode(disowned(rows.decode(row))));
    } else if (row) {
      rows.seqs.remove(key(of(channel), rows.decode(row).seq));
      const threads = { start: key(of(channel), id), end: after(key(of(channel), id)) };
      for (const { key: at } of rows.participants.range(threads)) rows.participants.remove(at);
      place.table.remove(place.key);
    }
  }
  let more = false;
  for (const [table, found] of othersBelow(rows, channel, others)) {
    for (const at of found) table.remove(at);
    more ||= found.length === others;
  }
  return more;
}

/** Whether there are rows below the line besides messages. */
export function hasOthers(rows: Rows, channel: ChannelId): boolean {
  return othersBelow(rows, channel, 1).some(([, found]) => found.length > 0);
}

/** Keys, at most `limit` of each table. Events below are of messages that are gone, and mentions in them are read. */
function othersBelow(rows: Rows, channel: ChannelId, limit: number): [Table, Buffer[]][] {
  const trim = rows.trims.committed(key(of(channel)));
  if (!trim) return [];
  const range = { start: key(of(channel)), end: key(of(channel), numberAt(trim, 16) + 1), limit };
  return [rows.events, rows.channelMentions].map((table) => [table, Array.from(table.range(range), (row) => row.key)]);
}

/** A stub does not tell whom its message mentions, so those of archived messages stay: they are read, and few bytes. */
function removeMentions(rows: Rows, { workspace_id, channel_id }: ChannelId, message: Message): void {
  for (const { user_id, rev } of mentionsOf(message))
    rows.mentions.remove(key(ofPerson({ workspace_id, user_id }), channel_id, rev));
}
