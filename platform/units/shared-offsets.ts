import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../schemas/generated/types.ts';
import { messageOf } from '../errors/error.ts';
import type { Append, Log, TopicSpec } from '../log/port.ts';
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

/**
 * Consumers' offsets in a compacted topic: how far each has come, whatever process it runs in. One entry for each consumer
 * and partition is held and written.
 */
export class SharedOffsets {
  private readonly known = new Map<string, number>();
  private waiting = new Map<string, ConsumerOffset>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly log: Log,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Reads all that is there. */
  static async open(log: Log, onError: (error: unknown) => void): Promise<SharedOffsets> {
    await log.declare([topic]);
    const offsets = new SharedOffsets(log, onError);
    await Promise.all(Array.from({ length: topic.partitions }, (_, partition) => offsets.read(partition)));
    return offsets;
  }

  get(consumer: string, partition: number): number | undefined {
    return this.known.get(nameOf({ consumer, partition }));
  }

  /** Notes offsets, and writes them down within a short time. */
  keep(offsets: readonly ConsumerOffset[]): void {
    for (const offset of offsets) {
      this.known.set(nameOf(offset), offset.offset);
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
    clearTimeout(this.timer);
    await Promise.race([this.flush(), sleep(2000)]).catch((error: unknown) => this.onError(error));
  }

  private async read(partition: number): Promise<void> {
    const { start, end } = await this.log.bounds(topic.name, partition);
    const reader = this.log.reader(topic.name, partition, start);
    for (let next = start; next < end; ) {
      // Compaction leaves gaps: the last record may lie before the end.
      const records = await reader.next(1000, 2000);
      if (records.length === 0) break;
      for (const record of records) {
        const { schema, value } = record.decoded();
        if (schema === 'Progress') this.known.set(nameOf(value as Progress), (value as Progress).offset);
        next = record.offset + 1;
      }
    }
    reader.close();
  }
}

function recordOf(value: ConsumerOffset): Append {
  return { topic: topic.name, key: nameOf(value), schema: 'Progress', value };
}

function nameOf({ consumer, partition }: { consumer: string; partition: number }): string {
  return `${consumer}/${partition}`;
}
