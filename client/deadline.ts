import type { Clock } from './clock.ts';
import { MillraceError } from './millrace-error.ts';

/** Settles as `promise` does, or rejects with code `timeout` after `ms`. The work itself goes on, unheard. */
export function withDeadline<T>(promise: Promise<T>, ms: number, clock: Clock, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () =>
      reject(new MillraceError({ code: 'timeout', detail: `${what} took too long` })),
    );
    promise.then(resolve, reject).finally(cancel);
  });
}
