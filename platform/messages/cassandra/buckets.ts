import { LRUCache } from 'lru-cache';
import type { Message } from '../../../schemas/generated/types.ts';
import type { ChannelId } from '../port.ts';
import { atOnce, concurrently } from './concurrently.ts';
import { firstIdTime, partOf, sliceOf } from './place.ts';
import type { Session } from './session.ts';

export interface Bucket {
  slice: number;
  /** Below zero: imported. */
  part: number;
  first_id: bigint;
}

/** A slice's buckets, newest part first. */
export interface Slice {
  slice: number;
  buckets: Bucket[];
}

/** Which buckets channels have. */
export class Buckets {
  /** What this process knows to be written, by bucket: its lowest id. 20,000 are a few megabytes. */
  private readonly known = new LRUCache<string, bigint>({ max: 20_000 });

  constructor(private readonly session: Session) {}

  /** Notes the buckets of these messages, where they aren't known yet. Call it before the messages are written. */
  async note(writes: readonly ({ message: Message } & ChannelId)[]): Promise<void> {
    const found = new Map<string, { channel: ChannelId; bucket: Bucket }>();
    for (const { workspace_id, channel_id, message } of writes) {
      const first_id = BigInt(message.message_id);
      const bucket = { slice: sliceOf(first_id), part: partOf(message), first_id };
      const key = `${workspace_id}\0${channel_id}\0${bucket.slice}\0${bucket.part}`;
      const lowest = found.get(key)?.bucket.first_id ?? this.known.get(key);
      if (lowest === undefined || first_id < lowest) found.set(key, { channel: { workspace_id, channel_id }, bucket });
    }
    await concurrently([...found], atOnce, async ([key, { channel, bucket }]) => {
      await this.session.batch([
        {
          query:
            'INSERT INTO buckets (workspace_id, channel_id, slice, part, first_id) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
          params: [
            channel.workspace_id,
            channel.channel_id,
            bucket.slice,
            bucket.part,
            bucket.first_id,
            firstIdTime(bucket.first_id),
          ],
        },
      ]);
      this.known.set(key, bucket.first_id);
    });
  }

  /** The channel's slices from one on, in either direction, as they are asked for. */
  async *slices(channel: ChannelId, from: number, direction: 'older' | 'newer'): AsyncGenerator<Slice> {
    const [sign, order] = direction === 'older' ? ['<', 'DESC'] : ['>', 'ASC'];
    let next = from;
    for (;;) {
      // The first is where most questions end, so it comes alone with those that follow it closely.
      const rows = await this.session.rows(
        `SELECT slice, part, first_id FROM buckets WHERE workspace_id = ? AND channel_id = ? AND slice ${sign}= ?
         ORDER BY slice ${order}, part ${order} LIMIT ${page}`,
        [channel.workspace_id, channel.channel_id, next],
      );
      const slices = grouped(rows as unknown as Bucket[]);
      const whole = rows.length < page;
      // The last slice of a full page may have been cut.
      const cut = whole ? undefined : slices.pop()!;
      yield* slices;
      if (!cut) return;
      yield { slice: cut.slice, buckets: await this.of(channel, cut.slice) };
      next = cut.slice + (direction === 'older' ? -1 : 1);
    }
  }

  /** The buckets of one slice, newest part first. */
  async of(channel: ChannelId, slice: number): Promise<Bucket[]> {
    const rows = await this.session.rows(
      'SELECT slice, part, first_id FROM buckets WHERE workspace_id = ? AND channel_id = ? AND slice = ?',
      [channel.workspace_id, channel.channel_id, slice],
    );
    return rows as unknown as Bucket[];
  }
}

const page = 20;

function grouped(buckets: Bucket[]): Slice[] {
  const slices: Slice[] = [];
  for (const bucket of buckets) {
    const last = slices.at(-1);
    if (last?.slice === bucket.slice) last.buckets.push(bucket);
    else slices.push({ slice: bucket.slice, buckets: [bucket] });
  }
  for (const { buckets: those } of slices) those.sort((a, b) => b.part - a.part);
  return slices;
}
