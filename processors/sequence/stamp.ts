/** Regions count from 0 to here. */
export const regionBound = 63;

/** As the Snowflakes' epoch: 2010-01-01. Hybrid times × 64 stay below 2^52 until the year 2152. */
const epoch_ms = Date.UTC(2010, 0, 1);

/**
 * A stamp that is above `after` and not below `time`: a hybrid clock (Kulkarni et al., 2014) in milliseconds, and the
 * region, which decides between equal times. Two regions never make the same one. 0 is below all.
 */
export function stampAfter(after: number, time_ms: number, region: number): number {
  const hybrid = Math.max(time_ms - epoch_ms, Math.floor(after / (regionBound + 1)) + 1);
  return hybrid * (regionBound + 1) + region;
}

/** The stamp's time, in milliseconds since 1970. */
export function timeOf(stamp: number): number {
  return Math.floor(stamp / (regionBound + 1)) + epoch_ms;
}
