import type { Clock } from '../clock.ts';

/** Holds a replay to a rate, so that live traffic keeps its latency. What was not used up does not add up. */
export class Pace {
  private next = 0;

  constructor(
    /** Records a second; 0: no bound. */
    private readonly rate: number,
    private readonly clock: Clock,
  ) {}

  async take(records: number, signal: AbortSignal): Promise<void> {
    if (this.rate === 0) return;
    const now = this.clock.now();
    const wait = this.next - now;
    this.next = Math.max(this.next, now) + (records / this.rate) * 1000;
    if (wait > 0) await this.clock.sleep(wait, signal);
  }
}
