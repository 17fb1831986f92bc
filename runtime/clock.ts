import { setTimeout as sleep } from 'node:timers/promises';

/** The time by which the runtime waits; tests give one that jumps. What steps see as time comes with the records. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves with true after so many milliseconds; early, with false, once the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<boolean>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: async (milliseconds, signal) => {
    try {
      await sleep(milliseconds, undefined, { signal });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  },
};
