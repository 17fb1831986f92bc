import { inTime } from './deadline.ts';
import { MillraceError, messageOf } from './errors/error.ts';

/** One thing that was looked at. `mend` says what to do, where something is to be done. */
export interface Finding {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  detail: string;
  mend?: string;
}

/** No look at an engine may take longer. */
export const lookDeadline_ms = 5000;

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail };
}

export function warn(name: string, detail: string, mend: string): Finding {
  return { name, state: 'warn', detail, mend };
}

export function fail(name: string, detail: string, mend: string): Finding {
  return { name, state: 'fail', detail, mend };
}

/** What a look found; a failed one where it could not be had in time. */
export async function look(name: string, mend: string, find: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    const found = await inTime(find(), lookDeadline_ms);
    return Array.isArray(found) ? found : [found];
  } catch (error) {
    return [fail(name, reasonOf(error), mend)];
  }
}

/** In one line. What fetch throws says why in its cause alone. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const text = error instanceof MillraceError ? error.detail : messageOf(error);
  return (text === 'fetch failed' && cause ? messageOf(cause) : text).split('\n', 1)[0]!;
}

/** Clocks may differ by this much before tokens and times of records look odd. */
const skewWarned_ms = 1000;

/** How far an engine's clock is from ours; half of the time that it took to ask is not known to be either's. */
export async function clockOf(name: string, ask: () => Promise<number>): Promise<Finding> {
  const asked = Date.now();
  const theirs = await ask();
  const answered = Date.now();
  const skew = Math.round(theirs - (asked + answered) / 2);
  const unsure = Math.ceil((answered - asked) / 2);
  const said = `${Math.abs(skew)} ms ${skew < 0 ? 'behind' : 'ahead of'} ours, give or take ${unsure} ms`;
  if (Math.abs(skew) - unsure <= skewWarned_ms) return ok(name, said);
  return warn(name, said, 'Let a time service (chrony, ntpd) set the clocks of both machines.');
}
