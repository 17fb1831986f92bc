import type { Clock } from './clock.ts';

export interface BackoffOptions {
  /** Upper edge of the first wait, ms. */
  readonly baseMs: number;
  /** Upper edge of every wait, ms. */
  readonly capMs: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = { baseMs: 500, capMs: 30_000 };

/**
 * Full jitter: a wait drawn evenly from 0 to `min(cap, base * 2^attempt)`, in ms. `attempt` counts from 0. Drawn from
 * the whole range, because clients that were cut off together should not come back together.
 */
export function fullJitter(attempt: number, options: BackoffOptions, clock: Clock): number {
  const ceiling = Math.min(options.capMs, options.baseMs * 2 ** Math.min(attempt, 30));
  return Math.floor(clock.random() * ceiling);
}
