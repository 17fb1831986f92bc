import type { Terminal } from './command.ts';

/** How often a process without a terminal prints a line; what is done before the first one says nothing. */
const plainEvery_ms = 2000;
const liveEvery_ms = 100;

/** Progress with rate and, where the total is known, ETA: one live line on a terminal, a plain one now and then elsewhere. */
export class Progress {
  private shown: number;
  private isShown = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly what: string,
    private readonly total: number | undefined,
    private readonly began = Date.now(),
  ) {
    this.shown = Date.now();
  }

  update(done: number): void {
    const now = Date.now();
    if (now - this.shown < (this.terminal.live ? liveEvery_ms : plainEvery_ms)) return;
    this.shown = now;
    this.print(done, false);
  }

  end(done: number): void {
    if (this.isShown) this.print(done, true);
  }

  private print(done: number, last: boolean): void {
    this.isShown = true;
    const seconds = Math.max(0.001, (Date.now() - this.began) / 1000);
    const rate = done / seconds;
    const part =
      this.total === undefined
        ? `${done}`
        : `${done}/${this.total} (${this.total === 0 ? 100 : Math.floor((100 * done) / this.total)} %)`;
    const eta =
      this.total === undefined || last || rate === 0 ? '' : `, ${Math.ceil((this.total - done) / rate)} s left`;
    const line = `${this.what}: ${part}, ${Math.round(rate)}/s${last ? `, ${seconds.toFixed(1)} s` : eta}`;
    if (this.terminal.live) process.stderr.write(`\r\u001b[K${line}${last ? '\n' : ''}`);
    else this.terminal.err(line);
  }
}
