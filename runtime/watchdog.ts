import type { Logger } from 'pino';
import { messageOf } from '../platform/errors/error.ts';
import type { Log } from '../platform/log/port.ts';
import type { Clock } from './clock.ts';
import type { PartitionRunner } from './partition.ts';

const look_ms = 2000;
/** A source that had records to take and took none for this long stands still. */
const stall_ms = 30_000;

interface Seen {
  position: number;
  since: number;
}

/**
 * Notices a source that has lag and makes no progress, while nobody holds it and no record is being tried again: a
 * consumer that stalled without an error. Its task is begun anew, once for each stall.
 */
export class Watchdog {
  private readonly seen = new WeakMap<PartitionRunner, Map<string, Seen>>();
  private readonly stalled = new WeakSet<PartitionRunner>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(partitions: () => PartitionRunner[]): void {
    void (async () => {
      while (await this.clock.sleep(look_ms, this.stopping.signal)) {
        try {
          // At once: the log asks its brokers about all of them together.
          await Promise.all(partitions().map((partition) => this.look(partition)));
        } catch (error) {
          // While the log is away nothing can be told to stand still.
          this.logger.debug({ error: messageOf(error) }, 'the log did not tell how far it is');
        }
      }
    })();
  }

  stop(): void {
    this.stopping.abort();
  }

  isStalled(partition: PartitionRunner): boolean {
    return this.stalled.has(partition);
  }

  private async look(partition: PartitionRunner): Promise<void> {
    const { task } = partition;
    if (!task) return;
    let seen = this.seen.get(partition);
    if (!seen) {
      seen = new Map();
      this.seen.set(partition, seen);
    }
    const bounds = await Promise.all(task.intakes.map(({ topic, partition: at }) => this.log.bounds(topic, at)));
    const now = this.clock.now();
    const still: string[] = [];
    for (const [index, intake] of task.intakes.entries()) {
      const position = task.positions.get(intake.id);
      if (position === undefined) {
        // Its states are still being restored, which may take longer than a stall.
        seen.delete(intake.id);
        continue;
      }
      const { end } = bounds[index]!;
      const before = seen.get(intake.id);
      const waits = position < end && task.stuckOn === undefined && !task.isHeld(intake);
      if (!before || before.position !== position || !waits) seen.set(intake.id, { position, since: now });
      else if (now - before.since >= stall_ms) still.push(intake.id);
    }
    if (still.length === 0) return void this.stalled.delete(partition);
    if (this.stalled.has(partition)) return;
    this.stalled.add(partition);
    const { topology, partition: at } = partition;
    this.logger.error({ topology, partition: at, sources: still }, 'stands still before records: beginning anew');
    partition.restart(`${still.join(', ')} stood still before records for ${stall_ms / 1000} s`);
  }
}
