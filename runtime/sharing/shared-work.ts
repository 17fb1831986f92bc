import type { Logger } from 'pino';
import { messageOf } from '../../platform/errors/error.ts';
import type { Log, LogReader, LogRecord, TopicSpec } from '../../platform/log/port.ts';
import type { HeldPartitions, WorkerNote } from '../../schemas/generated/types.ts';
import type { Clock } from '../clock.ts';
import { assign } from './assign.ts';
import type { Share, Sharing, Worker } from './port.ts';
import { lease_ms, renewal_ms, WorkerTable } from './worker-table.ts';

export const workersTopic: TopicSpec = {
  name: 'millrace_workers',
  partitions: 1,
  retention_ms: 10 * 60_000,
  compact: false,
  volatile: true,
};

/** One who should let go of a partition and does not in this time is waited for no longer: two who run it do no harm. */
const patience_ms = 15_000;

export interface SharedWorkOptions {
  /** This process's own name, the same in its next life. */
  worker: string;
  /** For people who look. */
  host: string;
}

/** What the process itself says to the others. */
export interface OwnWork {
  can(): string[];
  holds(): HeldPartitions[];
}

/**
 * Shares the partitions of topologies with every process that says on the topic `millrace_workers` that it lives. Whoever a
 * partition goes to waits until the one that has it has let go of it, or is dead. A process that was paused, and taken for
 * dead meanwhile, lets go of all before it takes part again. Two that run one partition for a moment do no harm: their steps
 * make the same bytes (ARCHITECTURE.md); this only saves the work.
 */
export class SharedWork implements Sharing {
  private readonly table = new WorkerTable();
  private readonly listeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  /** By topology and partition, since when: of this worker's partitions, those that another one has not let go of. */
  private readonly waits = new Map<string, Map<number, number>>();
  private readonly life: number;
  private own: OwnWork | undefined;
  private reader: LogReader | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private telling: Promise<void> = Promise.resolve();
  private untold = false;
  /** A note of this life has been read back. */
  private heard = false;
  /** Taken for dead: until nothing runs here, nothing may begin. */
  private fenced = false;

  constructor(
    private readonly log: Log,
    private readonly options: SharedWorkOptions,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.life = clock.now();
  }

  /** Says that this process lives, and follows who else does. Error: `unavailable`. */
  async start(own: OwnWork): Promise<void> {
    this.own = own;
    await this.log.declare([workersTopic]);
    const { start, end } = await this.log.bounds(workersTopic.name, 0);
    this.reader = this.log.reader(workersTopic.name, 0, start);
    for (let next = start; next < end; ) {
      const records = await this.reader.next(1000, 5000);
      if (records.length === 0) break;
      for (const record of records) this.see(record);
      next = records.at(-1)!.offset + 1;
    }
    await this.note(false);
    this.ended = Promise.all([this.follow(), this.renew()]);
  }

  /** Says that nothing runs here any more, where others were told of this process. Nothing may run when it is called. */
  async leave(): Promise<void> {
    this.stopping.abort();
    if (!this.reader) return;
    this.reader.close();
    await this.telling;
    await this.note(true).catch((error: unknown) => this.failed(error));
    await this.ended;
  }

  of(topology: string, partitions: number): Share {
    const { worker } = this.options;
    const alive = this.table.alive();
    const able = alive.filter(({ can }) => can.includes(topology)).map((other) => other.worker);
    const takes = !this.fenced && able.includes(worker);
    const assigned = takes ? assign(topology, partitions, able) : [];
    const mine = numbers(assigned.map(({ owner }) => owner === worker));
    const others = alive.filter((other) => other.worker !== worker);
    const waits = this.waitFor(topology, mine, others);
    const run = mine.filter((partition) => {
      const since = waits.get(partition);
      return since === undefined || this.clock.now() - since >= patience_ms;
    });
    return { run, ready: numbers(assigned.map(({ next }) => next === worker)) };
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(): void {
    if (this.untold || this.stopping.signal.aborted || !this.own) return;
    this.untold = true;
    this.telling = this.telling.then(async () => {
      this.untold = false;
      await this.note(false).catch((error: unknown) => this.failed(error));
    });
  }

  workers(): Worker[] {
    return this.table.alive();
  }

  private waitFor(topology: string, mine: number[], others: WorkerNote[]): Map<number, number> {
    const before = this.waits.get(topology);
    const held = new Set(
      others.flatMap(({ holds }) => holds.flatMap((entry) => (entry.topology === topology ? entry.partitions : []))),
    );
    const waited = mine.filter((partition) => held.has(partition));
    const waits = new Map(waited.map((partition) => [partition, before?.get(partition) ?? this.clock.now()]));
    if (waits.size > 0) this.waits.set(topology, waits);
    else this.waits.delete(topology);
    return waits;
  }

  private async note(leaves: boolean): Promise<void> {
    const { worker, host } = this.options;
    const { own, life } = this;
    const holds = leaves ? [] : own!.holds();
    if (this.fenced && holds.length === 0) {
      this.fenced = false;
      this.changed();
    }
    const value: WorkerNote = { worker, life, host, leaves, can: leaves ? [] : own!.can(), holds };
    await this.log.append([{ topic: workersTopic.name, key: worker, schema: 'WorkerNote', value }]);
  }

  private async renew(): Promise<void> {
    while (await this.clock.sleep(renewal_ms, this.stopping.signal)) {
      this.tell();
      // Who is waited for may have been waited for long enough.
      if (this.waits.size > 0) this.changed();
    }
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for (let records = await this.reader!.next(1000); records.length > 0; records = await this.reader!.next(1000))
          for (const record of records) this.see(record);
        return;
      } catch (error) {
        this.failed(error);
        this.reader!.close();
        await this.clock.sleep(renewal_ms, signal);
        const { start } = await this.log.bounds(workersTopic.name, 0).catch(() => ({ start: 'end' as const }));
        if (!signal.aborted) this.reader = this.log.reader(workersTopic.name, 0, start);
      }
    }
  }

  private see(record: LogRecord): void {
    const note = record.decoded().value as WorkerNote;
    const before = key(this.table.alive());
    const own = note.worker === this.options.worker && note.life === this.life;
    const wasDead = own && this.heard && !this.table.isAlive(note.worker);
    this.heard ||= own;
    this.table.take(note, record.time);
    if (wasDead) {
      this.logger.warn(
        { lease_s: lease_ms / 1000 },
        'this process was taken for dead: it lets go of all, and begins anew',
      );
      this.fenced = true;
    }
    if (this.fenced || key(this.table.alive()) !== before) this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private failed(error: unknown): void {
    this.logger.warn({ error: messageOf(error) }, 'other processes don’t hear of this one, or it of them, for now');
  }
}

/** What of the living decides who runs what. */
function key(alive: WorkerNote[]): string {
  return JSON.stringify(alive.map(({ worker, life, can, holds }) => [worker, life, can, holds]));
}

function numbers(which: boolean[]): number[] {
  return which.flatMap((is, number) => (is ? [number] : []));
}
