import { type Clock, systemClock } from './clock.ts';
import { Emitter } from './emitter.ts';
import type { MillraceSession } from './session.ts';
import type { PresenceStatus } from './wire.ts';

export interface PresenceWatcherOptions {
  readonly session: Pick<MillraceSession, 'events' | 'watchPresence'>;
  /** What comes within this time, ms, is said in one request. Default 150. */
  readonly settleMs?: number;
  readonly clock?: Clock;
}

/** What the server watches for one socket. */
const MAX_WATCHED = 500;

/**
 * Who is there, of the people who are on the screen now: these alone are watched, also after a reconnect. Each part of
 * an app says whom it shows. Beyond 500 people the parts that began last are not watched in full: their people stay
 * `offline`.
 */
export class PresenceWatcher {
  readonly events = new Emitter<{ change: { readonly user_id: string; readonly status: PresenceStatus } }>();
  readonly #options: PresenceWatcherOptions;
  readonly #shown = new Map<string, readonly string[]>();
  readonly #statuses = new Map<string, PresenceStatus>();
  readonly #stop: () => void;
  #watched: readonly string[] = [];
  #cancel: () => void = () => undefined;

  constructor(options: PresenceWatcherOptions) {
    this.#options = options;
    this.#stop = options.session.events.on('presence', ({ user_id, status }) => {
      // An answer on its way when its person went out of sight would stay as it is then: nobody tells of a change.
      if (!this.#watched.includes(user_id) || this.#statuses.get(user_id) === status) return;
      this.#statuses.set(user_id, status);
      this.events.emit('change', { user_id, status });
    });
  }

  /** `offline`, too, while it is not known. */
  of(userId: string): PresenceStatus {
    return this.#statuses.get(userId) ?? 'offline';
  }

  /** Says whom a part of the app shows now; replaces what that part said before. */
  show(part: string, userIds: Iterable<string>): void {
    this.#shown.set(part, [...new Set(userIds)]);
    this.#schedule();
  }

  /** A part of the app is gone. */
  hide(part: string): void {
    if (this.#shown.delete(part)) this.#schedule();
  }

  /** Watches nobody any more, and says nothing more. */
  dispose(): void {
    this.#cancel();
    this.#stop();
    if (this.#watched.length > 0) void this.#options.session.watchPresence([]);
    this.#watched = [];
    this.#statuses.clear();
  }

  #schedule(): void {
    this.#cancel();
    const clock = this.#options.clock ?? systemClock;
    this.#cancel = clock.after(this.#options.settleMs ?? 150, () => this.#watch());
  }

  #watch(): void {
    const ids = [...new Set([...this.#shown.values()].flat())].slice(0, MAX_WATCHED).sort();
    if (ids.length === this.#watched.length && ids.every((id, index) => id === this.#watched[index])) return;
    this.#watched = ids;
    const kept = new Set(ids);
    for (const id of this.#statuses.keys()) if (!kept.has(id)) this.#statuses.delete(id);
    void this.#options.session.watchPresence(ids);
  }
}
