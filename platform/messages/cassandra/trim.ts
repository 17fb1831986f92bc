import type { Message } from '../../../schemas/generated/types.ts';
import { disowned, isDisowned } from '../emptied.ts';
import { mentionsOf } from '../mentions-of.ts';
import type { ChannelId, TrimmedMessage } from '../port.ts';
import type { Buckets } from './buckets.ts';
import type { Find } from './find.ts';
import { messageTime, rowsInPart, sliceOf } from './place.ts';
import type { Session } from './session.ts';
import type { Placed } from './statements.ts';
import { placeOf } from './stubs.ts';
import { goesOn } from './thread.ts';
import type { Trims } from './trims.ts';
import { type WriteScope, writeAll } from './write.ts';

interface Scope extends WriteScope {
  find: Find;
}

interface Reads {
  session: Session;
  buckets: Buckets;
  find: Find;
  trims: Trims;
}

/** The port's trimmed. */
export async function readTrimmed(reads: Reads, channel: ChannelId, limit: number): Promise<TrimmedMessage[]> {
  const { session, trims } = reads;
  const { id: floor } = await trims.of(channel);
  const found: TrimmedMessage[] = [];
  for await (const root of rootsBelow(reads, channel, { floor, page: limit })) {
    const id = BigInt(root.message_id);
    if (root.reply_count > 0) {
      const replies = await session.rows(
        'SELECT message_id FROM replies WHERE workspace_id = ? AND channel_id = ? AND root_id = ? AND message_id < ? LIMIT ?',
        [channel.workspace_id, channel.channel_id, id, floor, limit],
      );
      for (const reply of replies) found.push({ message_id: String(reply['message_id']), thread_id: root.message_id });
    }
    // One whose thread goes on is emptied once, and then stays.
    if (!isDisowned(root) || root.reply_count === 0 || !(await goesOn(session, channel, id, floor)))
      found.push({ message_id: root.message_id, thread_id: null });
    if (found.length >= limit) break;
  }
  return found;
}

/** The port's goingOn. */
export async function readGoingOn(reads: Reads, channel: ChannelId, after: bigint, limit: number): Promise<string[]> {
  const { id: floor } = await reads.trims.of(channel);
  const found: bigint[] = [];
  for await (const root of rootsBelow(reads, channel, { floor, page: 1000 })) {
    const id = BigInt(root.message_id);
    if (id > after && root.reply_count > 0 && (await goesOn(reads.session, channel, id, floor))) found.push(id);
  }
  // Imported ones come by their buckets, not by their ids.
  return found
    .sort((a, b) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(String);
}

/** Top-level messages below an id, bucket by bucket, `page` at a time. */
async function* rootsBelow(
  { session, buckets, find }: Reads,
  channel: ChannelId,
  { floor, page }: { floor: bigint; page: number },
): AsyncGenerator<Message> {
  if (floor === 0n) return;
  for await (const { slice, buckets: some } of buckets.slices(channel, 0, 'newer')) {
    if (slice > sliceOf(floor)) return;
    for (const { part } of some) {
      for (let after = 0n; ; ) {
        const rows = await session.rows(
          `SELECT body, cold FROM messages WHERE workspace_id = ? AND channel_id = ? AND slice = ? AND part = ?
           AND message_id > ? AND message_id < ? ORDER BY message_id ASC LIMIT ?`,
          [channel.workspace_id, channel.channel_id, slice, part, after, floor, page],
        );
        const messages = rows.map((row) => find.decode(row));
        yield* await find.counted(channel, messages);
        if (messages.length < page) break;
        after = BigInt(messages.at(-1)!.message_id);
      }
    }
  }
}

/** The port's removeTrimmed. */
export async function removeTrimmed(scope: Scope, channel: ChannelId, messages: TrimmedMessage[]): Promise<void> {
  const { session, find, trims, codec } = scope;
  const { id: floor, rev } = await trims.of(channel);
  // Above every write time of theirs, which lie near their creation.
  const now = BigInt(Date.now()) * 1000n;
  const { workspace_id, channel_id } = channel;
  const at = [workspace_id, channel_id];
  const statements: Placed[] = [];
  const remove = (table: string, names: string, key: (string | number | bigint)[], partition = key): void => {
    const where = names.split(' ').map((name) => `${name} = ?`);
    const query = `DELETE FROM ${table} USING TIMESTAMP ? WHERE workspace_id = ? AND channel_id = ? AND ${where.join(' AND ')}`;
    statements.push({ query, params: [now, ...at, ...key], partition: [...at, ...partition].join('\0') });
  };
  for (const { message_id, thread_id } of messages) {
    const id = BigInt(message_id);
    remove('versions', 'message_id', [id]);
    if (thread_id === null) continue;
    const root = BigInt(thread_id);
    remove('replies', 'root_id message_id', [root, id], [root]);
    remove('reply_roots', 'slice message_id', [sliceOf(id), id], [sliceOf(id)]);
  }
  const idsOf = (ofRoots: boolean) =>
    messages.filter((one) => (one.thread_id === null) === ofRoots).map(({ message_id }) => BigInt(message_id));
  const [roots, replies] = await Promise.all([
    find.topLevel(channel, idsOf(true)),
    find.replies(channel, idsOf(false)),
  ]);
  // A stub does not tell whom its message mentions, so those of archived messages stay: they are read, and few bytes.
  for (const { user_id, rev: since } of [...roots, ...replies].flatMap(mentionsOf))
    statements.push({
      query:
        'DELETE FROM mentions USING TIMESTAMP ? WHERE workspace_id = ? AND user_id = ? AND channel_id = ? AND rev = ?',
      params: [now, workspace_id, user_id, channel_id, BigInt(since)],
      partition: `${workspace_id}\0${user_id}`,
    });
  for (const root of roots) {
    const id = BigInt(root.message_id);
    const { table, names, key } = placeOf(channel, root);
    if (root.reply_count > 0 && (await goesOn(session, channel, id, floor))) {
      statements.push({
        query: `INSERT INTO ${table} (${names.join(', ')}, body) VALUES (${names.map(() => '?').join(', ')}, ?) USING TIMESTAMP ?`,
        // The time of a rev that it will never have: what is trimmed is changed no more.
        params: [...key, codec.encode('Message', { ...disowned(root), rev: root.rev + 1 }), messageTime(root) + 1n],
        partition: key.slice(0, -1).join('\0'),
      });
      continue;
    }
    remove('messages', 'slice part message_id', key.slice(2) as (number | bigint)[], key.slice(2, -1) as number[]);
    remove(
      'seqs',
      'part seq',
      [Math.floor(root.seq / rowsInPart), BigInt(root.seq)],
      [Math.floor(root.seq / rowsInPart)],
    );
    remove('participants', 'root_id', [id]);
  }
  if (rev > 0)
    statements.push({
      query: 'DELETE FROM channel_mentions USING TIMESTAMP ? WHERE workspace_id = ? AND channel_id = ? AND rev <= ?',
      params: [BigInt(rev), ...at, BigInt(rev)],
      partition: at.join('\0'),
    });
  await writeAll(session, statements);
}
