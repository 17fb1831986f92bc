import type { TaskObserver } from '../task/observer.ts';

/** A try of a step or effect that failed and was followed by another one. */
export interface Retry {
  node: string;
  error: unknown;
  attempt: number;
}

/** What the tasks of a run told of their work. A dead process tells nothing. */
export class Journal implements TaskObserver {
  readonly retries: Retry[] = [];
  /** What ended tasks that were to run on; planned crashes are not among it. */
  readonly failures: unknown[] = [];
  /** Tasks begun, the first one included. */
  lives = 0;
  /** Units under way. */
  underWay = 0;
  /** Grows whenever something happens. */
  activity = 0;

  constructor(private readonly engine: { readonly crashed: boolean }) {}

  /** A new task begins. */
  begin(): void {
    this.lives++;
    this.activity++;
    this.underWay = 0;
  }

  failed(error: unknown): void {
    this.failures.push(error);
  }

  took(): void {
    this.activity++;
  }

  passed(): void {
    this.activity++;
  }

  committed(): void {
    this.activity++;
  }

  retried(node: string, error: unknown, attempt: number): void {
    this.activity++;
    if (!this.engine.crashed) this.retries.push({ node, error, attempt });
  }

  deadLettered(): void {
    this.activity++;
  }

  inFlight(change: 1 | -1): void {
    this.activity++;
    this.underWay += change;
  }
}
