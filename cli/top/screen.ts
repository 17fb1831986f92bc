const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';

/**
 * The terminal's other screen: what stood there before comes back at the end, however it ends. `signal` aborts at q,
 * Ctrl-C or a signal.
 */
export class Screen {
  readonly signal: AbortSignal;
  private readonly stop = new AbortController();
  private readonly onKey = (key: Buffer): void => {
    if (['q', 'Q', '\u0003', '\u001b'].includes(key.toString())) this.stop.abort();
  };
  private readonly onSignal = (): void => this.stop.abort();

  constructor() {
    this.signal = this.stop.signal;
    process.stdout.write(enter);
    process.on('SIGINT', this.onSignal).on('SIGTERM', this.onSignal);
    if (process.stdin.isTTY) process.stdin.setRawMode(true).on('data', this.onKey).resume();
  }

  get rows(): number {
    return process.stdout.rows || 24;
  }

  /** Overwrites in place, so that nothing flickers. */
  draw(lines: string[]): void {
    process.stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\n')}\u001b[J`);
  }

  close(): void {
    process.off('SIGINT', this.onSignal).off('SIGTERM', this.onSignal);
    if (process.stdin.isTTY) process.stdin.setRawMode(false).off('data', this.onKey).pause();
    process.stdout.write(leave);
  }
}
