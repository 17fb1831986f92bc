import type { Message } from '../../../schemas/generated/types.ts';
import type { ChannelId, HistoryRequest } from '../port.ts';
import type { Bucket, Buckets, Slice } from './buckets.ts';
import { atOnce, concurrently } from './concurrently.ts';
import type { Find } from './find.ts';
import { beyondAll, boundOf, sliceOf } from './place.ts';
import type { Row, Session } from './session.ts';
import type { Trims } from './trims.ts';

interface Page {
  messages: Message[];
  has_more_before: boolean;
  has_more_after: boolean;
}

/** Pages of top-level messages, over as many buckets as they take. */
export class Pages {
  constructor(
    private readonly session: Session,
    private readonly buckets: Buckets,
    private readonly find: Find,
    private readonly trims: Trims,
  ) {}

  /** Oldest first. A bound that can be no id is beyond every message. */
  async read(channel: ChannelId, request: HistoryRequest): Promise<Page> {
    const { limit } = request;
    if ('before' in request) {
      const bound = boundOf(request.before);
      const [before, after] = await Promise.all([
        this.take(channel, 'older', bound, limit + 1),
        this.take(channel, 'newer', bound, 1),
      ]);
      return this.page(channel, { older: before, limit, newer: [], has_more_after: after.length > 0 });
    }
    if ('after' in request) {
      const bound = boundOf(request.after);
      const from = bound === beyondAll ? bound : bound + 1n;
      const [before, after] = await Promise.all([
        this.take(channel, 'older', from, 1),
        this.take(channel, 'newer', from, limit + 1),
      ]);
      const page = await this.page(channel, {
        older: [],
        limit: 0,
        newer: after.slice(0, limit),
        has_more_after: after.length > limit,
      });
      return { ...page, has_more_before: before.length > 0 };
    }
    if ('around' in request) {
      const bound = boundOf(request.around);
      const half = Math.floor(limit / 2);
      const [before, after] = await Promise.all([
        this.take(channel, 'older', bound, limit + 1),
        this.take(channel, 'newer', bound, limit + 1),
      ]);
      const older = Math.max(half, limit - after.length);
      const rest = limit - Math.min(older, before.length);
      return this.page(channel, {
        older: before,
        limit: older,
        newer: after.slice(0, rest),
        has_more_after: after.length > rest,
      });
    }
    const newest = await this.take(channel, 'older', beyondAll, limit + 1);
    return this.page(channel, { older: newest, limit, newer: [], has_more_after: false });
  }

  private async page(
    channel: ChannelId,
    found: { older: Row[]; limit: number; newer: Row[]; has_more_after: boolean },
  ): Promise<Page> {
    const rows = [...found.older.slice(0, found.limit).reverse(), ...found.newer];
    const messages = await this.find.counted(
      channel,
      rows.map((row) => this.find.decode(row)),
    );
    return { messages, has_more_before: found.older.length > found.limit, has_more_after: found.has_more_after };
  }

  /** Up to `limit` rows below `bound`, newest first; or from it on, oldest first. */
  private async take(channel: ChannelId, direction: 'older' | 'newer', asked: bigint, limit: number): Promise<Row[]> {
    const rows: Row[] = [];
    if (limit === 0) return rows;
    const floor = (await this.trims.of(channel)).id;
    const bound = direction === 'newer' && asked < floor ? floor : asked;
    for await (const slice of this.buckets.slices(channel, sliceOf(bound), direction)) {
      rows.push(...(await this.takeOfSlice(channel, slice, direction, bound, limit - rows.length)));
      if (rows.length >= limit || slice.slice < sliceOf(floor)) break;
    }
    return rows.filter((row) => (row['message_id'] as bigint) >= floor);
  }

  /** Parts in order follow each other; imported ones may lie anywhere between them, so all of those are asked. */
  private async takeOfSlice(
    channel: ChannelId,
    { buckets }: Slice,
    direction: 'older' | 'newer',
    bound: bigint,
    limit: number,
  ): Promise<Row[]> {
    const read = ({ slice, part }: Bucket, count: number): Promise<Row[]> => {
      const [sign, order] = direction === 'older' ? ['<', 'DESC'] : ['>=', 'ASC'];
      return this.session.rows(
        `SELECT message_id, body, cold FROM messages WHERE workspace_id = ? AND channel_id = ? AND slice = ? AND part = ?
         AND message_id ${sign} ? ORDER BY message_id ${order} LIMIT ?`,
        [channel.workspace_id, channel.channel_id, slice, part, bound, count],
      );
    };
    const imported = buckets.filter(({ part, first_id }) => part < 0 && (direction === 'newer' || first_id < bound));
    const [others, own] = await Promise.all([
      concurrently(imported, atOnce, (bucket) => read(bucket, limit)),
      (async () => {
        const rows: Row[] = [];
        for (const bucket of inOrder(buckets, direction, bound)) {
          rows.push(...(await read(bucket, limit - rows.length)));
          if (rows.length >= limit) break;
        }
        return rows;
      })(),
    ]);
    if (imported.length === 0) return own;
    const sign = direction === 'older' ? -1 : 1;
    return [...own, ...others.flat()]
      .sort((a, b) => ((a['message_id'] as bigint) < (b['message_id'] as bigint) ? -sign : sign))
      .slice(0, limit);
  }
}

/** A slice's parts that are not imported, in the direction's order, without those that lie wholly beyond the bound. */
function inOrder(buckets: Bucket[], direction: 'older' | 'newer', bound: bigint): Bucket[] {
  const newestFirst = buckets.filter(({ part }) => part >= 0);
  if (direction === 'older') return newestFirst.filter(({ first_id }) => first_id < bound);
  const from = newestFirst.findIndex(({ first_id }) => first_id <= bound);
  return newestFirst.slice(0, from === -1 ? newestFirst.length : from + 1).reverse();
}
