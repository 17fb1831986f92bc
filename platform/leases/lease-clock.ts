/** Where the clock of a topic of leases stands, in milliseconds. `now` counts from whatever record came first. */
export interface LeaseClock {
  now: number;
  /** Append time of the newest record, in milliseconds since 1970. */
  last: number;
}

export const unwound: LeaseClock = { now: 0, last: 0 };

/**
 * The clock by which the leases of a topic end: it runs with the append times of the topic's own records, so that all who read
 * it agree, and stands still while nobody writes, for no record moves it further than `most_ms`, a little more than the time
 * between renewals. Were it the append time itself, an hour in which the log was away would end every lease but that of
 * whoever renews first.
 */
export function tick({ now, last }: LeaseClock, time: number, most_ms: number): LeaseClock {
  if (last === 0) return { now, last: time };
  return { now: now + Math.min(Math.max(0, time - last), most_ms), last: Math.max(last, time) };
}
