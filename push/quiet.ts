import type { QuietHours } from '../platform/directory/push-port.ts';

const day_minutes = 24 * 60;
const minute_ms = 60_000;

/** When a person's quiet hours end, on the clock of their zone, where a time (milliseconds since 1970) lies in them. */
export function quietUntil({ zone, from, to }: QuietHours, time_ms: number): number | undefined {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
    .formatToParts(time_ms)
    .map(({ type, value }): [string, number] => [type, Number(value)]);
  const { hour, minute } = Object.fromEntries(parts) as { hour: number; minute: number };
  const now = hour * 60 + minute;
  const quiet = from <= to ? from <= now && now < to : now >= from || now < to;
  if (!quiet) return undefined;
  // A clock that is set forward or back in between makes it an hour wrong: then it is asked again, or told late.
  const left = (to - now + day_minutes) % day_minutes;
  return Math.floor(time_ms / minute_ms) * minute_ms + left * minute_ms;
}
