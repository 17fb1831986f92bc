import { Emitter, type MillraceSession, type PresenceStatus } from '../../client/index.ts';
import { paintPresence } from './presence-dot.ts';

/** What the server watches for one socket. */
const MAX_WATCHED = 500;
const SETTLE_MS = 150;

/** Who is there, of the people that are on the screen now: these alone are watched. */
export class Presences {
  /** Someone's status, by user id. */
  readonly events = new Emitter<{ change: string }>();
  readonly #session: MillraceSession;
  readonly #wanted = new Map<string, readonly string[]>();
  readonly #statuses = new Map<string, PresenceStatus>();
  #watched = '';
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(session: MillraceSession) {
    this.#session = session;
    session.events.on('presence', ({ user_id, status }) => {
      if (this.of(user_id) === status) return;
      this.#statuses.set(user_id, status);
      paintPresence(user_id, status);
      this.events.emit('change', user_id);
    });
  }

  /** Offline, too, while it is not known. */
  of(userId: string): PresenceStatus {
    return this.#statuses.get(userId) ?? 'offline';
  }

  /** Says whom a part of the page shows now; replaces what that part said before. The parts share the 500, first come. */
  want(part: string, userIds: Iterable<string>): void {
    this.#wanted.set(part, [...new Set(userIds)]);
    this.#schedule();
  }

  /** A part of the page is gone. */
  drop(part: string): void {
    if (this.#wanted.delete(part)) this.#schedule();
  }

  /** Once for many parts that change together. */
  #schedule(): void {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      const ids = [...new Set([...this.#wanted.values()].flat())].slice(0, MAX_WATCHED).sort();
      const key = JSON.stringify(ids);
      if (key === this.#watched) return;
      this.#watched = key;
      // Nobody tells of the others from now on, so what was known of them grows stale.
      const kept = new Set(ids);
      for (const id of this.#statuses.keys()) if (!kept.has(id)) this.#statuses.delete(id);
      void this.#session.watchPresence(ids);
    }, SETTLE_MS);
  }
}
