/** Whole seconds over which a rate is taken. */
const window_s = 10;

/** How many a second over the last ten whole seconds; counting costs an addition. */
export class Rate {
  /** One slot for each second of the window, and the one under way. */
  private readonly slots = new Float64Array(window_s + 1);
  private second = 0;
  private first: number | undefined;

  add(count: number, now_ms: number): void {
    this.turn(now_ms);
    this.first ??= this.second;
    this.slots[this.second % this.slots.length]! += count;
  }

  perSecond(now_ms: number): number {
    this.turn(now_ms);
    if (this.first === undefined) return 0;
    const underWay = this.slots[this.second % this.slots.length]!;
    const whole = this.slots.reduce((sum, count) => sum + count, 0) - underWay;
    // In its first second there is nothing else to go by.
    const seconds = Math.min(window_s, this.second - this.first);
    return seconds === 0 ? underWay : whole / seconds;
  }

  /** Empties the slots of the seconds that have passed since the last call. */
  private turn(now_ms: number): void {
    const second = Math.floor(now_ms / 1000);
    if (second <= this.second) return;
    const passed = Math.min(second - this.second, this.slots.length);
    for (let i = 0; i < passed; i++) this.slots[(second - i) % this.slots.length] = 0;
    this.second = second;
  }
}
