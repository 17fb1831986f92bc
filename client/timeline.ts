import type { EventFrame } from './frames.ts';
import { compareIds } from './identity.ts';
import type { Draft } from './outbox.ts';
import { RecentMessages } from './recent-messages.ts';
import type { Message } from './wire.ts';

/** One row: a stored message, or the echo of one's own that is not known to be stored. */
export type TimelineEntry =
  | { readonly kind: 'message'; readonly key: string; readonly message: Message }
  | { readonly kind: 'echo'; readonly key: string; readonly draft: Draft };

export interface TimelineOptions {
  readonly channelId: string;
  /** One's own id: whose echoes are matched to messages. */
  readonly userId: string;
  /** A thread's root id: then the rows are that root and its replies, else the channel's top-level messages. */
  readonly root?: string;
  /** Messages in the window at most. Default 300. */
  readonly limit?: number;
}

/** What of a page matters here: `HistoryPage` and `ThreadPage` both fit. */
export interface TimelinePage {
  readonly messages: readonly Message[];
  readonly has_more_before?: boolean;
  readonly has_more_after: boolean;
  /** How far the channel had come when it was read; without it, as far as this timeline has heard. */
  readonly head?: { readonly rev: number };
}

/** A page that was asked for: which end it continues, and what had been heard by then. */
export interface PageRequest {
  readonly direction: 'before' | 'after' | 'window';
  /** The message id to ask from, exclusive; undefined for a whole new window. */
  readonly anchor: string | undefined;
  readonly mark: number;
}

/**
 * The rows of a channel or a thread: history pages, live events and echoes merged into one list without holes, by
 * `message_id`, echoes last. It is a window: beyond `limit` it gives up the end away from the one that grows, and
 * says so in `hasMoreBefore` and `hasMoreAfter`.
 */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #limit: number;
  readonly #recent = new RecentMessages(256);
  readonly #echoes = new Map<string, Draft>();
  /** The rev as of which a message counts its replies, where that is not its own; of a reply, the rev of its event. */
  readonly #countedTo = new WeakMap<Message, number>();
  #heard = 0;
  #messages: Message[] = [];
  #loaded = false;
  hasMoreBefore = false;
  hasMoreAfter = false;
  /**
   * Whether the reader is at the newest end. When not, a full window lets new messages go (`hasMoreAfter`) rather
   * than the old ones being read.
   */
  following = true;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#limit = options.limit ?? 300;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The rev as of which a message counts its replies: a page that was read ahead of the events has some of them already. */
  countedTo(message: Message): number {
    return this.#countedTo.get(message) ?? message.rev;
  }

  /** Whether a first page came. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Rows to show. Echoes only where the newest messages are, for they come after them. */
  entries(): TimelineEntry[] {
    const keys = new Set<string>();
    const rows: TimelineEntry[] = this.#messages.map((message) => {
      // The echo's own key, so that a page keeps its element when the message takes its place. After a day a
      // client_msg_id may come again, and is no key then.
      const mine = message.user_id === this.#options.userId && !keys.has(message.client_msg_id);
      const key = mine ? message.client_msg_id : message.message_id;
      keys.add(key);
      return { kind: 'message', key, message };
    });
    if (this.hasMoreAfter) return rows;
    for (const draft of this.#echoes.values()) rows.push({ kind: 'echo', key: draft.client_msg_id, draft });
    return rows;
  }

  /** Call before asking for a page; give what it returns to `complete`. `window`: a new one, newest or around. */
  begin(direction: PageRequest['direction']): PageRequest {
    const end = direction === 'before' ? this.#messages[0] : this.#messages.at(-1);
    return { direction, anchor: direction === 'window' ? undefined : end?.message_id, mark: this.#recent.mark };
  }

  /**
   * Merges a page. Returns false, having changed nothing, when it no longer fits: the window moved since, or so much
   * happened that the page may lack it. Ask again then.
   */
  complete(request: PageRequest, page: TimelinePage): boolean {
    if (this.#recent.lostSince(request.mark)) return false;
    const { direction } = request;
    if (direction === 'window') {
      this.#messages = [];
      this.hasMoreBefore = page.has_more_before ?? false;
      this.hasMoreAfter = page.has_more_after;
      this.#loaded = true;
    } else {
      if (request.anchor !== this.begin(direction).anchor) return false;
      if (direction === 'before') this.hasMoreBefore = page.has_more_before ?? false;
      else this.hasMoreAfter = page.has_more_after;
    }
    for (const message of page.messages) {
      // A thread's later page may bring its root again; where that was given up, it would leave a hole after it.
      if (direction === 'after' && request.anchor && compareIds(message.message_id, request.anchor) <= 0) continue;
      this.#put(message, 'page', page.head?.rev ?? this.#heard);
    }
    // Live news that came while the page was on its way.
    for (const message of this.#recent.all()) {
      if (this.#belongs(message)) this.#put(message, 'live', this.countedTo(message));
      else this.#countReply(message);
    }
    this.#trim(direction === 'before' ? 'newest' : 'oldest');
    return true;
  }

  /** Takes an event of the session; those of other channels or threads change nothing. Returns whether rows changed. */
  apply(frame: EventFrame): boolean {
    const { event } = frame;
    if (frame.channel_id === this.#options.channelId && event.kind === 'channel.changed')
      return this.#drop(event.channel.history_from);
    if (frame.channel_id !== this.#options.channelId || !('message' in event)) return false;
    this.#heard = Math.max(this.#heard, frame.rev);
    const { message } = event;
    if (event.kind !== 'message.created') return this.#belongs(message) && this.#take(message);
    // An event that is caught up tells of a message as it is by now, but the replies come by events of their own.
    const made = { ...message, reply_count: 0 };
    this.#countedTo.set(made, frame.rev);
    if (this.#belongs(message)) return this.#take(made);
    if (message.thread_id === null || this.#options.root !== undefined) return false;
    this.#recent.add(made);
    return this.#countReply(made);
  }

  /** Takes a message from elsewhere: an answer to a send, an edit, a reaction. */
  take(message: Message): boolean {
    if (message.channel_id !== this.#options.channelId || !this.#belongs(message)) return false;
    return this.#take(message);
  }

  /** Shows an outbox draft, or what became of it. */
  echo(draft: Draft): void {
    if (draft.channel_id !== this.#options.channelId || draft.thread_id !== (this.#options.root ?? null)) return;
    if (draft.status !== 'sent') this.#echoes.set(draft.client_msg_id, draft);
    else if (draft.message) this.take(draft.message);
    else this.#echoes.delete(draft.client_msg_id);
  }

  discard(draft: Draft): void {
    this.#echoes.delete(draft.client_msg_id);
  }

  /** Forgets all messages, as after a session's `reset`: load a new window. */
  reset(): void {
    this.#messages = [];
    this.#loaded = false;
    this.#recent.clear();
    // It may have been ahead of the server.
    this.#heard = 0;
    this.hasMoreBefore = false;
    this.hasMoreAfter = false;
  }

  #belongs(message: Message): boolean {
    const { root } = this.#options;
    return root === undefined ? message.thread_id === null : message.thread_id === root || message.message_id === root;
  }

  #take(message: Message): boolean {
    const fresh = this.#recent.add(message);
    if (!this.#loaded) {
      // The echo stays until the window is there to show the message in its place.
      return false;
    }
    const put = this.#put(message, 'live', this.countedTo(message));
    if (put) this.#trim('oldest');
    return put || fresh;
  }

  #put(message: Message, from: 'page' | 'live', countedTo: number): boolean {
    if (message.user_id === this.#options.userId) this.#echoes.delete(message.client_msg_id);
    const list = this.#messages;
    const at = lowerBound(list, message.message_id);
    const held = list[at];
    if (held?.message_id === message.message_id) {
      const newer = message.rev >= held.rev ? message : held;
      // A reply raises its root's count but not its rev. Live, it is counted by its own event alone.
      const recount = from === 'page' && countedTo >= this.countedTo(held);
      const reply_count = recount ? Math.max(held.reply_count, message.reply_count) : held.reply_count;
      const same = newer === held && reply_count === held.reply_count;
      const shown = same ? held : { ...newer, reply_count };
      this.#countedTo.set(shown, recount ? countedTo : this.countedTo(held));
      list[at] = shown;
      return !same;
    }
    if (from === 'live') {
      if (at === 0 && this.hasMoreBefore) return false;
      if (at === list.length && this.hasMoreAfter) return false;
      if (at === list.length && !this.following && list.length >= this.#limit) {
        this.hasMoreAfter = true;
        return true;
      }
    }
    this.#countedTo.set(message, countedTo);
    list.splice(at, 0, message);
    return true;
  }

  /** What lies below a message id is no longer kept; the root of a thread that goes on is shown as deleted. */
  #drop(below: string | null | undefined): boolean {
    if (!below) return false;
    const kept = this.#messages
      .filter((message) => compareIds(message.message_id, below) >= 0 || message.message_id === this.#options.root)
      .map((message) =>
        compareIds(message.message_id, below) >= 0 || message.deleted
          ? message
          : { ...message, text: '', reactions: {}, mentions: [], deleted: true },
      );
    if (kept.every((message, index) => message === this.#messages[index]) && kept.length === this.#messages.length)
      return false;
    this.#messages = kept;
    if (this.#options.root === undefined) this.hasMoreBefore = false;
    return true;
  }

  /** A reply is not a row of the channel, but counts at its root, if it is not counted there yet. */
  #countReply(reply: Message): boolean {
    const at = lowerBound(this.#messages, reply.thread_id!);
    const root = this.#messages[at];
    const rev = this.countedTo(reply);
    if (root?.message_id !== reply.thread_id || rev <= this.countedTo(root)) return false;
    const counted = { ...root, reply_count: root.reply_count + 1 };
    this.#countedTo.set(counted, rev);
    this.#messages[at] = counted;
    return true;
  }

  #trim(end: 'oldest' | 'newest'): void {
    const excess = this.#messages.length - this.#limit;
    if (excess <= 0) return;
    if (end === 'oldest') {
      this.#messages.splice(0, excess);
      this.hasMoreBefore = true;
    } else {
      this.#messages.splice(-excess);
      this.hasMoreAfter = true;
    }
  }
}

/** Where `id` is or would be inserted. */
function lowerBound(list: readonly Message[], id: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds(list[middle]!.message_id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
