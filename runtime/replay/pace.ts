import type { Clock } from '../clock.ts';

/** Holds a replay to a rate, so that live traffic keeps its latency. What was not used up does not add up. */
export class Pace {
  private next = 0;

  constructor(
    /** Records a second; 0: no bound. */
    private readonly rate: number,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the time of what was spent is over, or the signal aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    const wait = this.next - this.clock.now();
    if (wait > 0) await this.clock.sleep(wait, signal);
  }

  spend(records: number): void {
    if (this.rate > 0) this.next = Math.max(this.next, this.clock.now()) + (records / this.rate) * 1000;
  }
}
