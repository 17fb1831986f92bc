import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../schemas/generated/types.ts';
import { messageOf } from '../errors/error.ts';
import type { Append, Log, LogReader, TopicSpec } from '../log/port.ts';
import type { ConsumerOffset } from './port.ts';

const topic: TopicSpec = {
  name: 'millrace_progress',
  partitions: 8,
  retention_ms: null,
  compact: true,
  volatile: false,
};

/** Offsets are written down this often; what a process does in between another one does again. */
const every_ms = 500;
/** A reader that failed is begun anew after this. */
const pause_ms = 1000;

/**
 * Consumers' offsets in a compacted topic: how far each has come, whatever process it runs in. Every process follows it all.
 * The furthest that was told counts: what a process tells late, that had been taken for dead, takes nothing back. One entry
 * for each consumer and partition is held and written.
 */
export class SharedOffsets {
  private readonly known = new Map<string, number>();
  private waiting = new Map<string, ConsumerOffset>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly readers = new Set<LogReader>();
  private following: Promise<unknown> = Promise.resolve();
  private closed = false;

  private constructor(
    private readonly log: Log,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Reads all that is there, then follows. */
  static async open(log: Log, onError: (error: unknown) => void): Promise<SharedOffsets> {
    await log.declare([topic]);
    const offsets = new SharedOffsets(log, onError);
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
    const next = await Promise.all(partitions.map((partition) => offsets.readUp(partition)));
    offsets.following = Promise.all(partitions.map((partition) => offsets.follow(partition, next[partition]!)));
    return offsets;
  }

  get(consumer: string, partition: number): number | undefined {
    return this.known.get(nameOf({ consumer, partition }));
  }

  /** Notes offsets, and writes them down within a short time. */
  keep(offsets: readonly ConsumerOffset[]): void {
    for (const offset of offsets) {
      this.note(offset);
      this.waiting.set(nameOf(offset), offset);
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush().catch((error: unknown) => this.onError(messageOf(error)));
    }, every_ms);
  }

  /** Writes down what waits; resolves once it is there. What can't be written waits on. */
  flush(): Promise<void> {
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        const offsets = this.waiting;
        if (offsets.size === 0) return;
        this.waiting = new Map();
        try {
          await this.log.append([...offsets.values()].map(recordOf));
        } catch (error) {
          // What came meanwhile is newer.
          this.waiting = new Map([...offsets, ...this.waiting]);
          throw error;
        }
      });
    return this.writing;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await Promise.race([this.flush(), sleep(2000)]).catch((error: unknown) => this.onError(error));
    for (const reader of this.readers) reader.close();
    await this.following;
  }

  private note(offset: ConsumerOffset): void {
    const name = nameOf(offset);
    this.known.set(name, Math.max(offset.offset, this.known.get(name) ?? 0));
  }

  /** Resolves with where to go on. */
  private async readUp(partition: number): Promise<number> {
    const { start, end } = await this.log.bounds(topic.name, partition);
    const reader = this.log.reader(topic.name, partition, start);
    let next = start;
    while (next < end) {
      // Compaction leaves gaps: the last record may lie before the end.
      const taken = await this.take(reader, 2000);
      if (taken === undefined) break;
      next = taken;
    }
    reader.close();
    return Math.max(next, end);
  }

  private async follow(partition: number, from: number): Promise<void> {
    let next = from;
    while (!this.closed) {
      const reader = this.log.reader(topic.name, partition, next);
      this.readers.add(reader);
      try {
        for (let taken: number | undefined = next; taken !== undefined; taken = await this.take(reader)) next = taken;
        return;
      } catch (error) {
        // An offset that isn't heard of costs a repetition where a partition moves, no more.
        this.onError(messageOf(error));
        await sleep(pause_ms);
      } finally {
        this.readers.delete(reader);
        reader.close();
      }
    }
  }

  private async take(reader: LogReader, wait_ms?: number): Promise<number | undefined> {
    const records = await reader.next(1000, wait_ms);
    for (const record of records) {
      const { schema, value } = record.decoded();
      if (schema === 'Progress') this.note(value as Progress);
    }
    const last = records.at(-1);
    return last && last.offset + 1;
  }
}

function recordOf(value: ConsumerOffset): Append {
  return { topic: topic.name, key: nameOf(value), schema: 'Progress', value };
}

function nameOf({ consumer, partition }: { consumer: string; partition: number }): string {
  return `${consumer}/${partition}`;
}
