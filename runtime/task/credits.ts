/** A bounded number of permits. RxJS has no backpressure, so a source takes a permit before it reads. */
export class Credits {
  private free: number;
  private closed = false;
  private readonly waiting: (() => void)[] = [];

  constructor(readonly count: number) {
    this.free = count;
  }

  /** Resolves with a permit, or with false once closed. */
  async take(): Promise<boolean> {
    while (this.free === 0 && !this.closed) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.closed) return false;
    this.free--;
    return true;
  }

  giveBack(): void {
    this.free++;
    this.waiting.shift()?.();
  }

  /** Nobody gets a permit any more. */
  close(): void {
    this.closed = true;
    for (const resume of this.waiting.splice(0)) resume();
  }
}
