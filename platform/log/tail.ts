import { MillraceError } from '../errors/error.ts';
import type { LogReader, LogRecord } from './port.ts';

/**
 * The newest records of one partition, in memory, and whoever waits for the next one. At its bound the oldest fall out;
 * readers behind them read through `older`, or get `conflict` where there is nothing older.
 */
export class Tail {
  private readonly records: LogRecord[];
  /** First offset held, and the one after the last. */
  private first: number;
  private end: number;
  private waiting = new Set<() => void>();

  constructor(
    readonly bound: number,
    end: number,
    private readonly older?: (from: number, max: number) => LogRecord[],
  ) {
    this.records = new Array(bound);
    this.first = end;
    this.end = end;
  }

  bounds(): { start: number; end: number } {
    return { start: this.first, end: this.end };
  }

  push(record: LogRecord): void {
    this.records[record.offset % this.bound] = record;
    this.end = record.offset + 1;
    if (this.end - this.first > this.bound) this.first = this.end - this.bound;
  }

  /** Wakes the readers; call it once after a run of `push`. */
  wake(): void {
    if (this.waiting.size === 0) return;
    const waiting = this.waiting;
    this.waiting = new Set();
    for (const resume of waiting) resume();
  }

  reader(from: number): LogReader {
    let position = from;
    let closed = false;
    let resume: (() => void) | undefined;
    const take = (max: number): LogRecord[] => {
      const records = this.read(position, max);
      if (records.length > 0) position = records[records.length - 1]!.offset + 1;
      return records;
    };
    return {
      next: async (max, wait_ms) => {
        if (closed) return [];
        const ready = take(max);
        if (ready.length > 0 || wait_ms === 0) return ready;
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          resume = resolve;
          this.waiting.add(resolve);
          if (wait_ms !== undefined) timer = setTimeout(resolve, wait_ms);
        });
        clearTimeout(timer);
        this.waiting.delete(resume!);
        return closed ? [] : take(max);
      },
      close: () => {
        closed = true;
        resume?.();
      },
    };
  }

  /** A record within bounds that is in memory. */
  at(offset: number): LogRecord {
    return this.records[offset % this.bound]!;
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
    for (let offset = from; offset < to; offset++) out.push(this.records[offset % this.bound]!);
    return out;
  }
}
