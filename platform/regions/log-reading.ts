import type { Log, LogReader, LogRecord } from '../log/port.ts';

/** Reads several partitions of a topic as one, each in its order. What one call does not take stays for the next. */
export class LogReading {
  private readonly readers: LogReader[];
  /** What partitions have given and nobody took: one batch of each at most. */
  private ready: LogRecord[][] = [];
  private readonly waiting: (Promise<void> | undefined)[];
  private failure: unknown;
  private wake = (): void => undefined;

  constructor(
    log: Pick<Log, 'reader'>,
    topic: string,
    from: readonly number[],
    private readonly max: number,
  ) {
    this.readers = from.map((offset, partition) => log.reader(topic, partition, offset));
    this.waiting = from.map(() => undefined);
  }

  async next(wait_ms: number): Promise<LogRecord[]> {
    this.readers.forEach((reader, partition) => {
      this.waiting[partition] ??= this.ask(reader, partition);
    });
    if (this.ready.length === 0 && !this.failure)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait_ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    // Others may have theirs at the same moment.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failure) throw this.failure;
    const batches = this.ready;
    this.ready = [];
    return batches.flat();
  }

  close(): void {
    for (const reader of this.readers) reader.close();
  }

  private async ask(reader: LogReader, partition: number): Promise<void> {
    try {
      const records = await reader.next(this.max);
      if (records.length > 0) this.ready.push(records);
    } catch (error) {
      this.failure = error;
    }
    this.waiting[partition] = undefined;
    this.wake();
  }
}
