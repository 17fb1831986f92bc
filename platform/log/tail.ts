import { MillraceError } from '../errors/error.ts';
import type { LogReader, LogRecord } from './port.ts';

/**
 * The newest records of one partition, in memory, and whoever waits for the next one. At its bound the oldest fall out;
 * readers behind them read through `older`, or get `conflict` where there is nothing older. Beyond its end lie records
 * that are on their way to the disk, for those who read ahead; they are bounded by who waits for their append.
 */
export class Tail {
  /** A ring that grows up to its bound, for most partitions never have that many. */
  private readonly records: LogRecord[] = [];
  private readonly base: number;
  /** First offset held, and the one after the last. */
  private first: number;
  private end: number;
  private readonly waiting = new Waiting();
  private staged: LogRecord[] = [];
  /** Where in `staged` those begin that have not landed. */
  private unlanded = 0;
  private readonly waitingAhead = new Waiting();

  constructor(
    readonly bound: number,
    end: number,
    private readonly older?: (from: number, max: number) => LogRecord[],
  ) {
    this.base = end;
    this.first = end;
    this.end = end;
  }

  bounds(): { start: number; end: number } {
    return { start: this.first, end: this.end };
  }

  /** A record that `push` will be given once it is on disk. */
  stage(record: LogRecord): void {
    this.staged.push(record);
  }

  /** Wakes those who read ahead. */
  wakeAhead(): void {
    this.waitingAhead.wake();
  }

  push(record: LogRecord): void {
    this.records[this.slotOf(record.offset)] = record;
    this.end = record.offset + 1;
    if (this.end - this.first > this.bound) this.first = this.end - this.bound;
  }

  /** What was staged up to here is on disk: writes land in the order in which they were made. */
  land(offset: number): void {
    const { staged } = this;
    while (this.unlanded < staged.length && staged[this.unlanded]!.offset <= offset)
      this.push(staged[this.unlanded++]!);
    // Not each time: where many land one by one, each would copy all that follow.
    if (this.unlanded * 2 <= staged.length) return;
    this.staged = staged.slice(this.unlanded);
    this.unlanded = 0;
  }

  /** Wakes the readers; call it once after a run of `push`. */
  wake(): void {
    this.waiting.wake();
    this.waitingAhead.wake();
  }

  reader(from: number, ahead = false): LogReader {
    const waiting = ahead ? this.waitingAhead : this.waiting;
    let position = from;
    let closed = false;
    let resume: (() => void) | undefined;
    const take = (max: number): LogRecord[] => {
      let records = this.read(position, max);
      if (ahead && records.length === 0) records = this.readStaged(position, max);
      if (records.length > 0) position = records[records.length - 1]!.offset + 1;
      return records;
    };
    return {
      next: async (max, wait_ms) => {
        if (closed) return [];
        let records = take(max);
        if (records.length > 0 || wait_ms === 0) return records;
        let late = false;
        let timer: NodeJS.Timeout | undefined;
        // Who reads ahead is woken for records, too, that it has had before they were on disk.
        while (records.length === 0 && !closed && !late) {
          await new Promise<void>((resolve) => {
            resume = resolve;
            waiting.add(resolve);
            if (wait_ms === undefined) return;
            timer ??= setTimeout(() => {
              late = true;
              resume!();
            }, wait_ms);
          });
          waiting.delete(resume!);
          if (!closed) records = take(max);
        }
        clearTimeout(timer);
        return records;
      },
      close: () => {
        closed = true;
        resume?.();
      },
    };
  }

  /** A record within bounds that is in memory. */
  at(offset: number): LogRecord {
    return this.records[this.slotOf(offset)]!;
  }

  private read(from: number, max: number): LogRecord[] {
    if (from >= this.end) return [];
    if (from < this.first) {
      const records = this.older?.(from, max) ?? [];
      if (records.length === 0) {
        throw new MillraceError('conflict', `offset ${from} is no longer kept; the first one is ${this.first}`);
      }
      return records;
    }
    const to = Math.min(this.end, from + max);
    const out: LogRecord[] = [];
    for (let offset = from; offset < to; offset++) out.push(this.at(offset));
    return out;
  }

  private slotOf(offset: number): number {
    return (offset - this.base) % this.bound;
  }

  private readStaged(from: number, max: number): LogRecord[] {
    const first = this.staged[this.unlanded];
    if (!first) return [];
    const at = this.unlanded + Math.max(0, from - first.offset);
    return this.staged.slice(at, at + max);
  }
}

/** Readers that wait for the next record. */
class Waiting {
  private readers = new Set<() => void>();

  get isEmpty(): boolean {
    return this.readers.size === 0;
  }

  add(resume: () => void): void {
    this.readers.add(resume);
  }

  delete(resume: () => void): void {
    this.readers.delete(resume);
  }

  wake(): void {
    if (this.isEmpty) return;
    const readers = this.readers;
    this.readers = new Set();
    for (const resume of readers) resume();
  }
}
