import type { Logger } from 'pino';
import { messageOf } from '../../platform/errors/error.ts';

/** Rows of a crashed process are found by this even when nothing new is changed. */
const idle_ms = 1000;

/**
 * Takes rows that the directory holds for the log there, in order: appended first, then settled. A crash in between sends rows
 * again. `step` takes some of them, and says whether there were any.
 */
export class Relay {
  private stopped = false;
  private wanted = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly name: string,
    private readonly step: () => Promise<boolean>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** There is something new. */
  poke(): void {
    this.wanted = true;
    this.wake?.();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.wanted = false;
      try {
        if (await this.step()) continue;
      } catch (error) {
        if (this.stopped) return;
        const text = `${this.name} waits: the directory or the log does not answer`;
        this.logger.warn({ error: messageOf(error) }, text);
      }
      if (!this.wanted) await this.pause();
    }
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, idle_ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
