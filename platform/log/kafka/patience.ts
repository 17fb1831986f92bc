/** For how long brokers that say nothing are asked again where a process starts, and who is told why it takes that long. */
export class Patience {
  /** Milliseconds since 1970. */
  readonly until: number;
  private told = false;

  /** `onWait` hears the first error that is waited out. */
  constructor(
    patience_ms: number,
    private readonly onWait: (error: unknown) => void,
  ) {
    this.until = Date.now() + patience_ms;
  }

  /** Told of each failure after which brokers are asked again. */
  waits(error: unknown): void {
    if (this.told || Date.now() >= this.until) return;
    this.told = true;
    this.onWait(error);
  }
}
