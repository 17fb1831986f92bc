import { MillraceError } from '../errors/error.ts';
import type { Log } from '../log/port.ts';
import { LogReading } from './log-reading.ts';
import type { LinkedTopic, PeerLog, PeerRead } from './port.ts';

/** Records of one partition in one read. */
const partitionMax = 100;

/** A log that is reached itself: the other region's brokers, or, for its own peers, this region's. */
export class LogPeer implements PeerLog {
  private readonly open = new Map<LinkedTopic, { reading: LogReading; next: number[] }>();

  constructor(
    private readonly log: Pick<Log, 'topic' | 'bounds' | 'reader'>,
    private readonly closed: () => Promise<void> = async () => undefined,
  ) {}

  async bounds(topic: LinkedTopic): Promise<{ start: number; end: number }[]> {
    const spec = this.log.topic(topic);
    if (!spec) throw new MillraceError('not_found', `topic: that region has no topic ${topic}`);
    return Promise.all(Array.from({ length: spec.partitions }, (_, partition) => this.log.bounds(topic, partition)));
  }

  async read(topic: LinkedTopic, from: readonly number[], max: number, wait_ms: number): Promise<PeerRead> {
    const { reading, missed, begins } = await this.readingFrom(topic, from, max);
    try {
      const records = await reading.next(wait_ms);
      const next = [...begins];
      for (const { partition, offset } of records) next[partition] = offset + 1;
      this.open.set(topic, { reading, next });
      return { records, next, missed };
    } catch (error) {
      reading.close();
      this.open.delete(topic);
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { reading } of this.open.values()) reading.close();
    this.open.clear();
    await this.closed();
  }

  /** The one that is open, where it stands there; else one that begins within what is kept. */
  private async readingFrom(topic: LinkedTopic, from: readonly number[], max: number) {
    const known = this.open.get(topic);
    if (
      known &&
      known.next.length === from.length &&
      known.next.every((offset, partition) => offset === from[partition])
    )
      return { reading: known.reading, begins: known.next, missed: 0 };
    known?.reading.close();
    this.open.delete(topic);
    const bounds = await this.bounds(topic);
    let missed = 0;
    const begins = bounds.map(({ start, end }, partition) => {
      const wanted = from[partition] ?? start;
      if (wanted >= start && wanted <= end) return wanted;
      missed += Math.max(0, start - wanted);
      return start;
    });
    return { reading: new LogReading(this.log, topic, begins, Math.min(max, partitionMax)), begins, missed };
  }
}
