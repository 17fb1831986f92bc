import type { Message } from '../../../schemas/generated/types.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId } from '../port.ts';
import type { Bucket, Buckets } from './buckets.ts';
import { atOnce, concurrently } from './concurrently.ts';
import { sliceOf } from './place.ts';
import type { Row, Session } from './session.ts';
import type { Trims } from './trims.ts';

/** Ids in one question to one partition. */
const idsAtOnce = 100;

/** Messages by their ids, and the counts of their replies. */
export class Find {
  constructor(
    private readonly session: Session,
    private readonly buckets: Buckets,
    private readonly trims: Trims,
    private readonly codec: Codec,
  ) {}

  /** Of a row with `body` and `cold`: a stub where that is all there is, or of a newer rev. */
  decode(row: Row): Message {
    const [body, cold] = [this.decoded(row['body']), this.decoded(row['cold'])];
    return body && (!cold || body.rev >= cold.rev) ? body : cold!;
  }

  stub(row: Row): Message | undefined {
    return this.decoded(row['cold']);
  }

  private decoded(bytes: unknown): Message | undefined {
    return bytes ? (this.codec.decode(bytes as Buffer).value as Message) : undefined;
  }

  /** Found ones only, in any order; trimmed ones are none. */
  async messages(channel: ChannelId, asked: bigint[]): Promise<Message[]> {
    const floor = await this.trims.of(channel);
    const ids = asked.filter((id) => id >= floor.id);
    const [top, replies] = await Promise.all([this.topLevel(channel, ids), this.replies(channel, ids)]);
    return [...top, ...replies];
  }

  async topLevel(channel: ChannelId, ids: bigint[]): Promise<Message[]> {
    const found = await concurrently(bySlice(ids), atOnce, async ({ slice, ids: some }) => {
      const buckets = await this.buckets.of(channel, slice);
      const rows = await concurrently(mayHold(buckets, some), atOnce, (at) =>
        this.session.rows(
          'SELECT body, cold FROM messages WHERE workspace_id = ? AND channel_id = ? AND slice = ? AND part = ? AND message_id IN ?',
          [channel.workspace_id, channel.channel_id, slice, at.part, at.ids],
        ),
      );
      return rows.flat().map((row) => this.decode(row));
    });
    return this.counted(channel, found.flat());
  }

  async replies(channel: ChannelId, ids: bigint[]): Promise<Message[]> {
    const roots = await this.roots(channel, ids);
    const threads = new Map<bigint, bigint[]>();
    for (const [id, root] of roots) threads.set(root, [...(threads.get(root) ?? []), id]);
    const rows = await concurrently([...threads], atOnce, ([root, some]) =>
      this.session.rows(
        'SELECT body, cold FROM replies WHERE workspace_id = ? AND channel_id = ? AND root_id = ? AND message_id IN ?',
        [channel.workspace_id, channel.channel_id, root, some],
      ),
    );
    return rows.flat().map((row) => this.decode(row));
  }

  /** Of those ids that are replies, their roots. */
  async roots(channel: ChannelId, ids: bigint[]): Promise<Map<bigint, bigint>> {
    const rows = await concurrently(bySlice(ids), atOnce, ({ slice, ids: some }) =>
      this.session.rows(
        'SELECT message_id, root_id FROM reply_roots WHERE workspace_id = ? AND channel_id = ? AND slice = ? AND message_id IN ?',
        [channel.workspace_id, channel.channel_id, slice, some],
      ),
    );
    return new Map(rows.flat().map((row) => [row['message_id'] as bigint, row['root_id'] as bigint]));
  }

  /** Top-level messages with as many replies as they have now. */
  async counted(channel: ChannelId, messages: Message[]): Promise<Message[]> {
    const rows = await concurrently(
      bySlice(messages.map(({ message_id }) => BigInt(message_id))),
      atOnce,
      ({ slice, ids }) =>
        this.session.rows(
          'SELECT root_id, reply_count FROM reply_counts WHERE workspace_id = ? AND channel_id = ? AND slice = ? AND root_id IN ?',
          [channel.workspace_id, channel.channel_id, slice, ids],
        ),
    );
    const counts = new Map(rows.flat().map((row) => [String(row['root_id']), row['reply_count'] as number]));
    return messages.map((message) => {
      const reply_count = Math.max(message.reply_count, counts.get(message.message_id) ?? 0);
      return reply_count === message.reply_count ? message : { ...message, reply_count };
    });
  }
}

function bySlice(ids: readonly bigint[]): { slice: number; ids: bigint[] }[] {
  const groups: { slice: number; ids: bigint[] }[] = [];
  const open = new Map<number, { slice: number; ids: bigint[] }>();
  for (const id of new Set(ids)) {
    const slice = sliceOf(id);
    let group = open.get(slice);
    if (!group || group.ids.length === idsAtOnce) {
      group = { slice, ids: [] };
      open.set(slice, group);
      groups.push(group);
    }
    group.ids.push(id);
  }
  return groups;
}

/** Which of a slice's buckets may hold which of the ids: one of those in order, any of the imported. */
function mayHold(buckets: Bucket[], ids: bigint[]): { part: number; ids: bigint[] }[] {
  const inOrder = buckets.filter(({ part }) => part >= 0);
  return buckets
    .map((bucket) => ({
      part: bucket.part,
      ids: ids.filter(
        (id) => bucket.first_id <= id && (bucket.part < 0 || inOrder.find(({ first_id }) => first_id <= id) === bucket),
      ),
    }))
    .filter((at) => at.ids.length > 0);
}
