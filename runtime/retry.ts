import { setTimeout as sleep } from 'node:timers/promises';
import { parseDuration } from './duration.ts';
import type { ErrorPolicy } from './topology/format.ts';

/** The pause before try number `attempt` (from 1), in milliseconds: exponential, capped, with full jitter if asked. */
export function pauseBefore(policy: ErrorPolicy, attempt: number, random: () => number = Math.random): number {
  const first = parseDuration(policy.backoff ?? '100ms')!;
  const most = parseDuration(policy['at-most'] ?? '10s')!;
  const pause = Math.min(most, first * (policy.factor ?? 2) ** (attempt - 1));
  return policy.jitter === false ? pause : pause * random();
}

/** Waits; resolves early, with false, once the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Runs `work` by a policy: undefined on success or abort, else the last error with the number of tries. */
export async function retrying(
  policy: ErrorPolicy,
  signal: AbortSignal,
  work: () => Promise<void>,
  onRetry: (error: unknown, attempt: number) => void,
): Promise<{ error: unknown; attempts: number } | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (policy.retry !== 'forever' && attempt > policy.retry) return { error, attempts: attempt };
      onRetry(error, attempt);
      if (!(await pause(pauseBefore(policy, attempt), signal))) return undefined;
    }
  }
}
