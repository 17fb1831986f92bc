import { counterOf, snowflake, timeOf } from '../../processors/sequence/snowflake.ts';

/**
 * Slack names a message by its channel and its ts: seconds, a dot, six digits. A message that was sent here has the time of
 * its id: three digits of milliseconds, then three of the id's counter (docs/decisions/017-slack-ts.md). Where those do not
 * do, four more digits follow: above counter 999 they count on from there; 0000 tells the message from an imported one that
 * brought the same ts along.
 */
const shape = /^(\d{1,11})(?:\.(\d{1,10}))?$/;

/** The counter's greatest value that three digits hold. */
const plainCounters = 999;
const mostCounter = 4095;
/** The greatest id a store takes. */
const mostId = 2n ** 63n - 1n;

/** Whether a text can be a ts at all. */
export function isTs(text: string): boolean {
  return shape.test(text);
}

/** Whether Slack can have given it: six decimals at most. What is longer is one of ours. */
export function isSlackTs(text: string): boolean {
  return /^\d{1,11}(\.\d{1,6})?$/.test(text);
}

/** The ts that an id has by itself. */
export function tsOfId(messageId: string): string {
  const id = BigInt(messageId);
  const time = timeOf(id);
  const counter = counterOf(id);
  const digits = String(Math.min(counter, plainCounters)).padStart(3, '0');
  const more = counter > plainCounters ? String(counter - plainCounters).padStart(4, '0') : '';
  return `${tsOfTime(time).slice(0, -3)}${digits}${more}`;
}

/** The ts of a message whose own one an imported message of the channel has; another one for each id, too. */
export function tsBesideImported(messageId: string): string {
  const ts = tsOfId(messageId);
  return isPlain(ts) ? `${ts}0000` : ts;
}

/** Whether a ts of ours has six decimals, so that an imported message can have the same. */
export function isPlain(ts: string): boolean {
  return /\.\d{6}$/.test(ts);
}

/** The time and counter of the id that has this ts; undefined where no id has. */
export function idParts(ts: string): { time: number; counter: number } | undefined {
  const match = /^(\d{1,11})\.(\d{3})(\d{3})(\d{4})?$/.exec(ts);
  if (!match) return undefined;
  const [, seconds, milliseconds, digits, more = '0000'] = match as unknown as [
    string,
    string,
    string,
    string,
    string?,
  ];
  const counter = Number(digits) + Number(more);
  if (more !== '0000' && (Number(digits) !== plainCounters || counter > mostCounter)) return undefined;
  return { time: Number(seconds) * 1000 + Number(milliseconds), counter };
}

/** Negative where `a` lies before `b`. By digits: a double has too few. */
export function compareTs(a: string, b: string): number {
  const difference = exact(a) - exact(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Milliseconds since 1970, without the rest. */
export function millisecondsOfTs(ts: string): number {
  return Number(exact(ts) / 10n ** 7n);
}

/** A time, in milliseconds since 1970, as Slack writes it. */
export function tsOfTime(milliseconds: number): string {
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${Math.floor(milliseconds / 1000)}.${rest}000`;
}

/** The first id that a millisecond can have. */
export function firstIdAt(milliseconds: number): bigint {
  const id = snowflake(milliseconds, 0, 0);
  return id < mostId ? id : mostId;
}

/** In units of 10^-10 seconds. */
function exact(ts: string): bigint {
  const [, seconds = '0', fraction = ''] = shape.exec(ts) ?? [];
  return BigInt(seconds) * 10n ** 10n + BigInt(fraction.padEnd(10, '0'));
}
