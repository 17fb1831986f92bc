import type { Message, ReadMarker } from '../../../schemas/generated/types.ts';

/** Where rows lie and with which time they are written: all of it follows from the row alone, never from a clock. */

const ten_days_ms = 864_000_000;
const maxLong = 2n ** 63n - 1n;
/** Snowflakes count from here, with their time above 22 bits. */
const epoch_ms = Date.UTC(2010, 0, 1);
const timeShift = 22n;

/** Rows in one partition where numbers decide: a part of a bucket, of numbers. */
export const rowsInPart = 50_000;
/** Events that one partition holds. */
export const eventsInPart = 10_000;
const identityParts = 16;

/** Undefined for what can be no message id. */
export function idOf(messageId: string): bigint | undefined {
  if (!/^\d{1,19}$/.test(messageId)) return undefined;
  const id = BigInt(messageId);
  return id <= maxLong ? id : undefined;
}

/** As a bound in history: what can be no id is beyond every message. */
export function boundOf(messageId: string): bigint {
  return idOf(messageId) ?? maxLong;
}

export const beyondAll = maxLong;

/** Ten days of an id's time. */
export function sliceOf(id: bigint): number {
  return Math.floor(Number(id >> timeShift) / ten_days_ms);
}

/**
 * The part of its slice in which a top-level message lies. Ids of imported ones follow their own time, not the channel's
 * numbers, so those have parts of their own, below zero; in the others a higher part holds higher ids only.
 */
export function partOf(message: Message): number {
  const part = Math.floor(message.seq / rowsInPart);
  return message.imported ? -1 - part : part;
}

export function identityPartOf(hash: Buffer): number {
  return hash[0]! % identityParts;
}

/** A message grows with its rev, and stays near its creation, so that compaction by time keeps it with its neighbours. */
export function messageTime(message: Message): bigint {
  const created = ((BigInt(message.message_id) >> timeShift) + BigInt(epoch_ms)) * 1000n;
  return created + BigInt(message.rev - message.created_rev);
}

/** Time of what a rev, or a count, orders. */
export function revTime(rev: number): bigint {
  return BigInt(rev);
}

/** Of all first ids of a bucket the lowest wins. */
export function firstIdTime(id: bigint): bigint {
  return maxLong - id;
}

/** A marker's parts: the higher epoch wins, then the higher number. Room for 4 million epochs and 2^40 numbers. */
export function markerTimes(marker: ReadMarker): { seq: bigint; rev: bigint; since: bigint } {
  const base = BigInt(marker.epoch) << 40n;
  return {
    seq: base + BigInt(marker.last_read_seq),
    rev: base + BigInt(marker.last_read_rev),
    since: base + BigInt(marker.since_rev),
  };
}
