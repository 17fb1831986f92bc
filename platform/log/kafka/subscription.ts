import type { MillraceError } from '../../errors/error.ts';
import type { LogReader, LogRecord } from '../port.ts';

/** Records that wait for their reader; beyond it the partition is not fetched. */
const mostWaiting = 2000;

/** A reader of one partition: what was fetched for it waits here, up to a bound. Which lane fetches is said by Lanes. */
export class Subscription implements LogReader {
  closed = false;
  private queue: LogRecord[] = [];
  private error: MillraceError | undefined;
  private wake: (() => void) | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** The next offset to fetch; undefined until the end, from which it begins, is known. */
    public offset: number | undefined,
    /** It is closed, or has room again. */
    private readonly onChange: (subscription: Subscription) => void,
  ) {}

  get wantsMore(): boolean {
    return !this.closed && this.error === undefined && this.queue.length < mostWaiting;
  }

  async next(max: number, wait_ms?: number): Promise<LogRecord[]> {
    if (this.queue.length === 0 && wait_ms !== 0) await this.filled(wait_ms);
    if (this.closed) return [];
    if (this.queue.length === 0 && this.error) throw this.error;
    const full = !this.wantsMore;
    const taken = this.queue.splice(0, max);
    if (full && this.wantsMore) this.onChange(this);
    return taken;
  }

  close(): void {
    this.closed = true;
    this.queue = [];
    this.awaken();
    this.onChange(this);
  }

  /** What was fetched; `next` is the offset after it, records that were left out included. */
  deliver(records: LogRecord[], next: number): void {
    if (this.closed) return;
    this.offset = next;
    for (const record of records) this.queue.push(record);
    if (records.length > 0) this.awaken();
  }

  fail(error: MillraceError): void {
    this.error = error;
    this.awaken();
  }

  private async filled(wait_ms: number | undefined): Promise<void> {
    if (this.closed || this.error) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (wait_ms !== undefined) timer = setTimeout(resolve, wait_ms);
    });
    clearTimeout(timer);
    this.wake = undefined;
  }

  private awaken(): void {
    this.wake?.();
  }
}
