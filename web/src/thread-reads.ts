import { compareIds, Emitter, type Message } from '../../client/index.ts';

const MAX_THREADS = 500;

interface Known {
  /** The reply up to which one has read; undefined while that is not known, null for none. */
  readonly lastRead: string | null | undefined;
  /** The newest reply of others that was heard of. */
  readonly newest: string | undefined;
}

/** How far one has read threads, as far as this page knows: those that were open, or had replies since it is. At most 500. */
export class ThreadReads {
  readonly events = new Emitter<{ change: string }>();
  readonly #me: string;
  readonly #known = new Map<string, Known>();

  constructor(me: string) {
    this.#me = me;
  }

  /** Whether others replied after what one has read. */
  unread(rootId: string): boolean {
    const { lastRead, newest } = this.#known.get(rootId) ?? {};
    return newest !== undefined && (!lastRead || compareIds(newest, lastRead) > 0);
  }

  /** The last read reply; null for none, undefined if that is not known. */
  lastRead(rootId: string): string | null | undefined {
    return this.#known.get(rootId)?.lastRead;
  }

  /** Takes a last-read from the server; never goes back. */
  read(rootId: string, lastRead: string | null): void {
    const held = this.#known.get(rootId);
    if (held?.lastRead && (!lastRead || compareIds(lastRead, held.lastRead) <= 0)) return;
    this.#set(rootId, { lastRead, newest: held?.newest });
  }

  /** Takes a message; one's own reply reads its thread up to itself. */
  said({ message_id, thread_id, user_id }: Message): void {
    if (thread_id === null) return;
    if (user_id === this.#me) {
      this.read(thread_id, message_id);
      return;
    }
    const { lastRead, newest } = this.#known.get(thread_id) ?? {};
    if (!newest || compareIds(message_id, newest) > 0) this.#set(thread_id, { lastRead, newest: message_id });
  }

  #set(rootId: string, now: Known): void {
    const was = this.unread(rootId);
    this.#known.delete(rootId);
    this.#known.set(rootId, now);
    if (this.#known.size > MAX_THREADS) this.#known.delete(this.#known.keys().next().value!);
    if (this.unread(rootId) !== was) this.events.emit('change', rootId);
  }
}
