import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until `check` throws no more, or the deadline has passed: then its last error. */
export async function eventually<Result>(check: () => Promise<Result> | Result, deadline_ms = 5000): Promise<Result> {
  const until = Date.now() + deadline_ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(25);
    }
  }
}
