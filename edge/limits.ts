import { LRUCache } from 'lru-cache';
import { MillraceError } from '../platform/errors/error.ts';

/** Numbers of the contract (protocol.md) and of the edge's own bounds, in one place. */
export const limits = {
  text_code_points: 8000,
  emoji_code_points: 64,
  client_msg_id_characters: 200,
  channel_name_characters: 80,
  topic_characters: 1000,
  page: 200,
  page_default: 50,
  watched_people: 500,
  import_items: 500,
  /** Channels of one person. */
  channels: 1000,
  frame_bytes: 64 * 1024,
  /** Past this uWebSockets.js cuts the connection without a code. */
  hard_frame_bytes: 1024 * 1024,
  http_body_bytes: 4 * 1024 * 1024,
  unsent_bytes: 1024 * 1024,
  heartbeat_ms: 10_000,
  /** No call takes longer. */
  deadline_ms: 9_000,
  /** Requests that wait for their answer from the log, all callers together; past it writes are refused. */
  waiting_requests: 50_000,
  /** Refusals for the rate within 10 s after which a socket is closed. */
  refusals: 200,
  mentions: 200,
} as const;

const perSecond = 100;
const burst = 200;

/** A token bucket for each person: 100 requests a second, bursts of 200. At the bound the longest unused are forgotten, full again. */
export class RateLimits {
  private readonly buckets = new LRUCache<string, { tokens: number; at: number }>({ max: 100_000 });

  constructor(
    private readonly enabled: boolean,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Error: `rate_limited` with the seconds to wait. One refused does not count. */
  take(person: string): void {
    if (!this.enabled) return;
    const now = this.clock();
    const bucket = this.buckets.get(person) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(person, bucket);
    if (bucket.tokens < 1) {
      throw new MillraceError('rate_limited', `at most ${perSecond} requests a second, in bursts of ${burst}`, {
        retryAfter: 1,
      });
    }
    bucket.tokens -= 1;
  }
}
