import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Identity } from '../../auth/claims.ts';

/** How long a ticket opens a socket. */
const valid_ms = 30_000;

/**
 * What opens a socket instead of a token: Slack's clients have only the address for it, and addresses end up in logs. Each is
 * valid once, for half a minute, at any edge with the same secret.
 */
export class Tickets {
  private readonly key: Buffer;
  /** Used ones, until they are no longer valid. Past the bound the oldest could be used again: they open what they opened. */
  private readonly used = new LRUCache<string, true>({ max: 100_000, ttl: valid_ms });

  constructor(
    secret: string,
    private readonly clock: () => number = Date.now,
  ) {
    this.key = createHmac('sha256', secret).update('millrace slack ticket').digest();
  }

  issue({ workspace_id, user_id, role, name, expires }: Identity): string {
    const until = this.clock() + valid_ms;
    const content = { workspace_id, user_id, role, name, expires, until, nonce: randomBytes(12).toString('base64url') };
    const text = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `${text}.${this.sign(text).toString('base64url')}`;
  }

  /** Whom it was given to; undefined for one that is not ours, was used, or is too old. */
  redeem(ticket: string): Identity | undefined {
    const [text = '', signature = ''] = ticket.split('.');
    const given = Buffer.from(signature, 'base64url');
    const wanted = this.sign(text);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted) || this.used.has(text)) return undefined;
    const {
      until,
      nonce: _,
      ...identity
    } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Identity & {
      until: number;
      nonce: string;
    };
    if (until < this.clock()) return undefined;
    this.used.set(text, true);
    return { ...identity, name: identity.name, email: undefined };
  }

  private sign(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}
