import type { Clock } from '../clock.ts';

interface Sleeper {
  due: number;
  wake(slept: boolean): void;
}

/** A clock that stands still until it is moved. Whoever sleeps wakes when it reaches their time, earliest first. */
export class VirtualClock implements Clock {
  private sleepers: Sleeper[] = [];

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const wake = (slept: boolean): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        signal.removeEventListener('abort', abort);
        resolve(slept);
      };
      const abort = (): void => wake(false);
      const sleeper = { due: this.time + milliseconds, wake };
      signal.addEventListener('abort', abort, { once: true });
      this.sleepers.push(sleeper);
    });
  }

  /** When the next sleeper wakes; undefined where none sleeps. */
  next(): number | undefined {
    return this.sleepers.length === 0 ? undefined : Math.min(...this.sleepers.map(({ due }) => due));
  }

  /** Moves on to a time, not past the next sleeper's, and wakes those whose time it is. Never goes back. */
  moveTo(time: number): void {
    this.time = Math.max(this.time, Math.min(time, this.next() ?? time));
    for (const { due, wake } of this.sleepers.filter((sleeper) => sleeper.due <= this.time)) {
      if (due <= this.time) wake(true);
    }
  }
}
