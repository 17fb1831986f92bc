/**
 * How many requests may wait at once so that each is answered in about `target_ms`: what is asked for beyond what the
 * pipeline does is refused at the door, and does not make everybody wait. Additive increase, multiplicative decrease, as
 * TCP finds the width of a path (Chiu and Jain, 1989): late answers take a fifth of what waits, at most once in a
 * `target_ms`, for what was let in before tells of the same queue; answers in time give a tenth back while the limit is used.
 */
export class RequestLimit {
  private limit: number;
  private lowered = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly now: () => number,
    /** It never goes below `least`: one answer that was late for a reason of its own must not shut the door. */
    private readonly bounds: { least: number; most: number; target_ms: number },
  ) {
    this.limit = bounds.most;
  }

  get current(): number {
    return Math.floor(this.limit);
  }

  allows(waiting: number): boolean {
    return waiting < this.limit;
  }

  /** One was answered, after `took_ms`, while so many waited. */
  answered(took_ms: number, waiting: number): void {
    const { least, most, target_ms } = this.bounds;
    if (took_ms <= target_ms) {
      if (waiting * 2 >= this.limit) this.limit = Math.min(most, this.limit + 0.1);
      return;
    }
    const now = this.now();
    if (now - this.lowered < target_ms) return;
    this.lowered = now;
    this.limit = Math.max(least, Math.min(this.limit, waiting) * 0.8);
  }
}
