/** Buckets for each doubling: a quantile is told to within a tenth. */
const perDoubling = 8;
/** From 1 µs to about 70 minutes. */
const buckets = 32 * perDoubling;
const generation_ms = 30_000;

/**
 * Quantiles of the durations of the last half to whole minute, in 2 × 256 counters: two generations, of which the older
 * one is forgotten when the newer one is half a minute old.
 */
export class Durations {
  private current = new Uint32Array(buckets);
  private former = new Uint32Array(buckets);
  private began = 0;

  add(milliseconds: number, now_ms: number): void {
    this.turn(now_ms);
    const at = Math.floor(Math.log2(Math.max(1, milliseconds * 1000)) * perDoubling);
    this.current[Math.min(at, buckets - 1)]!++;
  }

  /** In milliseconds; null where there was nothing. `share`: 0.5 for the median. */
  quantile(share: number, now_ms: number): number | null {
    this.turn(now_ms);
    const counts = this.current.map((count, i) => count + this.former[i]!);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return null;
    const wanted = Math.ceil(total * share);
    let [at, seen] = [0, counts[0]!];
    while (seen < wanted) seen += counts[++at]!;
    // The middle of the bucket.
    return 2 ** ((at + 0.5) / perDoubling) / 1000;
  }

  private turn(now_ms: number): void {
    const age = now_ms - this.began;
    if (age < generation_ms) return;
    const forgotten = this.former;
    this.former = age < 2 * generation_ms ? this.current : new Uint32Array(buckets);
    this.current = forgotten.fill(0);
    this.began = now_ms;
  }
}
