import type { Message } from './wire.ts';

/**
 * The messages last heard live, newest state of each, so that a page that was read before them and arrives after them
 * can be brought up to date. Beyond `limit` the oldest go, and `lostSince` tells which pages that leaves behind.
 */
export class RecentMessages {
  readonly #limit: number;
  readonly #messages = new Map<string, { message: Message; heard: number }>();
  #heard = 0;
  #lost = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts what was heard: a page asked for at this mark holds all up to it. */
  get mark(): number {
    return this.#heard;
  }

  /** Returns whether this was news. */
  add(message: Message): boolean {
    const held = this.#messages.get(message.message_id);
    if (held && held.message.rev >= message.rev) return false;
    this.#messages.delete(message.message_id);
    this.#messages.set(message.message_id, { message, heard: ++this.#heard });
    if (this.#messages.size > this.#limit) {
      const [oldest, entry] = this.#messages.entries().next().value!;
      this.#messages.delete(oldest);
      this.#lost = entry.heard;
    }
    return true;
  }

  /** Whether something heard after `mark` is no longer held. */
  lostSince(mark: number): boolean {
    return this.#lost > mark;
  }

  /** In the order of hearing. */
  *all(): Iterable<Message> {
    for (const { message } of this.#messages.values()) yield message;
  }

  clear(): void {
    this.#messages.clear();
    // A page asked for before this is stale, even where nothing was heard since.
    this.#lost = ++this.#heard;
  }
}
