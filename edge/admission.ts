import { LRUCache } from 'lru-cache';
import type { Directory } from '../platform/directory/port.ts';
import { MillraceError } from '../platform/errors/error.ts';
import { erasedUser, personKey } from '../platform/keys.ts';
import type { Identity } from './auth/claims.ts';
import { bearerOf, type Tokens } from './auth/tokens.ts';
import { LastWord } from './last-word.ts';
import type { Placement } from './placement.ts';
import type { RateLimits } from './rate-limits.ts';

/** How long a person's standing in the directory is believed. */
const fresh_ms = 1000;

/** Lets callers in: token, rate, and the directory's word that they may be here; while it is away, its last one. */
export class Admission {
  private readonly admitted = new LRUCache<string, { role: string; done: Promise<void> }>({
    max: 50_000,
    ttl: fresh_ms,
  });

  private readonly last = new LastWord<{ role: string }>();

  constructor(
    private readonly tokens: Tokens,
    private readonly rates: RateLimits,
    private readonly directory: Directory,
    private readonly provisioning: 'jit' | 'closed',
    private readonly placement: Placement,
  ) {}

  /** A REST call. Errors: `unauthenticated`, `rate_limited`, `forbidden`, `unavailable`. */
  async request(authorization: string | undefined, counted: boolean): Promise<Identity> {
    const identity = await this.identify(bearerOf(authorization));
    if (counted) this.count(identity);
    await this.admit(identity);
    return identity;
  }

  /** Who a token speaks for. Errors: `unauthenticated`; `forbidden` for the workspaces of other shards. */
  async identify(token: string | undefined): Promise<Identity> {
    if (!token) throw new MillraceError('unauthenticated', 'send a token: Authorization: Bearer …');
    const identity = await this.tokens.verify(token);
    if (identity.user_id === erasedUser)
      throw new MillraceError('forbidden', `nobody is let in as ${erasedUser}: it stands for people who were erased`);
    this.placement.check(identity.workspace_id);
    return identity;
  }

  /** Counts one request of a person. Error: `rate_limited`. */
  count(identity: Identity): void {
    this.rates.take(identity);
  }

  /** Error: `forbidden` for unknown people where provisioning is closed, and for deactivated ones. */
  admit(identity: Identity): Promise<void> {
    const key = personKey(identity.workspace_id, identity.user_id);
    const known = this.admitted.get(key);
    if (known && known.role === identity.role) return known.done;
    const done = this.last
      .of(
        key,
        async () => {
          await this.ask(identity);
          return { role: identity.role };
        },
        async ({ role }) => role === identity.role,
      )
      .then(() => undefined);
    this.admitted.set(key, { role: identity.role, done });
    done.catch(() => this.admitted.delete(key));
    return done;
  }

  /** Nothing of what is known of a person counts any more. */
  forget({ workspace_id, user_id }: { workspace_id: string; user_id: string }): void {
    const key = personKey(workspace_id, user_id);
    this.admitted.delete(key);
    this.last.forget(key);
  }

  private async ask(identity: Identity): Promise<void> {
    const known = await this.directory.user(identity);
    if (known?.deactivated) throw ended();
    if (!known && this.provisioning === 'closed') {
      throw new MillraceError('forbidden', 'you are not known in this workspace: ask an admin to add you');
    }
    const { workspace_id, user_id, name, email, role } = identity;
    const current =
      known &&
      known.role === role &&
      (name === undefined || known.name === name) &&
      (email === undefined || known.email === email);
    if (current) return;
    // Someone who was erased is not made anew.
    const { deactivated } = await this.directory.provision({ workspace_id, user_id, name, email, role });
    if (deactivated) throw ended();
  }
}

function ended(): MillraceError {
  return new MillraceError('forbidden', 'your access to this workspace has ended');
}
