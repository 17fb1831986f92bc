import { LRUCache } from 'lru-cache';
import type { Person } from '../platform/directory/person.ts';
import { MillraceError } from '../platform/errors/error.ts';
import { personKey } from '../platform/keys.ts';
import type { Rates } from '../platform/rates/port.ts';

/** Requests of one person, at all gateways together. */
const rate = { per_second: 100, burst: 200 };
/** With so many each gateway begins on trust, and so many it has once a block has come. */
const block = 20;
/** With so many left the next block is asked for, so that it is there before they are used up. */
const ahead = 10;
/** After a block that was smaller than asked for, what is used up stays so for this long. */
const short_ms = 50;
/** After so long without a request here nothing is owed: by then an empty bucket is full again. */
const rest_ms = (rate.burst / rate.per_second) * 1000;
/** After an answer that did not come. */
const away_ms = 1000;

/** A person at this gateway. */
interface Bucket {
  /** Of this gateway's own bucket, which alone decides while the shared one is away. */
  left: number;
  at: number;
  /** What is left of the blocks; below 0 what was used before a block came, which the next ones pay. */
  credit: number;
  asking: boolean;
  shortUntil: number;
}

/**
 * 100 requests a second for each person, in bursts of 200. A bucket here decides, without a wait, and fetches blocks ahead from
 * the one that all gateways share; while that is away, it decides alone. A burst may go past 200 by a block for each gateway.
 * At the bound the longest unused are forgotten, full again.
 */
export class RateLimits {
  private readonly buckets = new LRUCache<string, Bucket>({ max: 100_000 });
  private awayUntil = 0;

  constructor(
    private readonly shared: Rates,
    private readonly enabled: boolean,
    /** Hears, once in a while, that the shared buckets are away. */
    private readonly warn: (error: unknown) => void,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Error: `rate_limited` with the seconds to wait. One refused does not count. */
  take(person: Person): void {
    if (!this.enabled) return;
    const now = this.clock();
    const bucket = this.bucketOf(personKey(person.workspace_id, person.user_id), now);
    if (now - bucket.at >= rest_ms) bucket.credit = Math.max(0, bucket.credit);
    bucket.left = Math.min(rate.burst, bucket.left + ((now - bucket.at) / 1000) * rate.per_second);
    bucket.at = now;
    const alone = now < this.awayUntil;
    if (bucket.left < 1 || (!alone && bucket.credit < 1 && now < bucket.shortUntil))
      throw new MillraceError(
        'rate_limited',
        `at most ${rate.per_second} requests a second, in bursts of ${rate.burst}`,
        { retryAfter: 1 },
      );
    bucket.left -= 1;
    if (alone) return;
    bucket.credit -= 1;
    if (bucket.credit <= ahead && !bucket.asking) void this.ask(person, bucket);
  }

  private bucketOf(key: string, now: number): Bucket {
    let bucket = this.buckets.get(key);
    if (!bucket) {
      bucket = { left: rate.burst, at: now, credit: block, asking: false, shortUntil: 0 };
      this.buckets.set(key, bucket);
    }
    return bucket;
  }

  private async ask({ workspace_id, user_id }: Person, bucket: Bucket): Promise<void> {
    bucket.asking = true;
    try {
      // Again at once where more was used meanwhile than came: a burst is paid before the next one begins.
      for (let short = false; !short && bucket.credit <= ahead; ) {
        const wanted = block - bucket.credit;
        const given = await this.shared.take({ workspace_id, user_id }, wanted, rate);
        bucket.credit += given;
        short = given < wanted;
        if (short) bucket.shortUntil = this.clock() + short_ms;
      }
    } catch (error) {
      this.away(error);
    } finally {
      bucket.asking = false;
    }
  }

  private away(error: unknown): void {
    const now = this.clock();
    if (now < this.awayUntil) return;
    this.awayUntil = now + away_ms;
    this.warn(error);
  }
}
