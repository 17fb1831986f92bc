import { MillraceError } from '../../platform/errors/error.ts';
import type { Clock } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { ErrorPolicy } from '../topology/format/index.ts';

/** So many tries in vain are no passing trouble: who looks for sources that stand still is told what holds them. */
export const stuckAfter = 3;

/** The pause before try number `attempt` (from 1), in milliseconds: exponential, capped, with full jitter if asked. */
export function pauseBefore(policy: ErrorPolicy, attempt: number, random: () => number = Math.random): number {
  const first = parseDuration(policy.backoff ?? '100ms')!;
  const most = parseDuration(policy['at-most'] ?? '10s')!;
  const pause = Math.min(most, first * (policy.factor ?? 2) ** (attempt - 1));
  return policy.jitter === false ? pause : pause * random();
}

/**
 * Runs `work` by a policy: undefined on success or abort, else the last error with the number of tries. A part that is away
 * says nothing about the record, so `unavailable` is waited out, however long it lasts, and does not count.
 */
export async function retrying(
  policy: ErrorPolicy,
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<void>,
  onRetry: (error: unknown, attempt: number) => void,
): Promise<{ error: unknown; attempts: number } | undefined> {
  let counted = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (!isAway(error) && policy.retry !== 'forever' && ++counted > policy.retry) return { error, attempts: attempt };
      onRetry(error, attempt);
      if (!(await clock.sleep(pauseBefore(policy, attempt), signal))) return undefined;
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'unavailable';
}
