/** A bounded number of permits. RxJS has no backpressure, so a source takes a permit before it reads. */
export class Credits {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(readonly count: number) {
    this.free = count;
  }

  get inFlight(): number {
    return this.count - this.free;
  }

  /** Resolves with a permit, or with false once the signal aborts. */
  async take(signal: AbortSignal): Promise<boolean> {
    while (this.free === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        signal.addEventListener('abort', resolve as () => void, { once: true });
      });
    }
    if (signal.aborted) return false;
    this.free--;
    return true;
  }

  giveBack(): void {
    this.free++;
    this.waiting.shift()?.();
  }
}
