import { type BackoffOptions, DEFAULT_BACKOFF, fullJitter } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { Emitter } from './emitter.ts';
import { newClientId } from './identity.ts';
import { MillraceError } from './millrace-error.ts';
import type { Message, Timestamp } from './wire.ts';

/** A message of one's own that the server may not have yet: what the app shows as its echo. */
export interface Draft {
  readonly client_msg_id: string;
  readonly channel_id: string;
  readonly thread_id: string | null;
  readonly text: string;
  /** This machine's time of the call. */
  readonly created_at: Timestamp;
  readonly status: 'sending' | 'sent' | 'failed';
  /** With `failed`. */
  readonly error?: MillraceError;
  /** With `sent`. */
  readonly message?: Message;
}

/** The server knows a `client_msg_id` for 24 hours at least; after that a message that was sent could come twice. */
export const SAFE_TO_REPEAT_MS = 20 * 60 * 60_000;

/** Why a draft that may have been sent too long ago is not sent again by itself. */
export function staleDraft(): MillraceError {
  return new MillraceError({ code: 'stale', detail: 'it was written long ago, and may have been sent then.' });
}

export interface OutboxOptions {
  /** Sends one draft under its `client_msg_id`; rejects with `MillraceError`, within a deadline of its own. */
  readonly send: (draft: Draft) => Promise<Message>;
  /** Drafts held at most, failed ones too. Default 1,000. */
  readonly limit?: number;
  readonly backoff?: BackoffOptions;
  readonly clock?: Clock;
  /** Drafts of an earlier run (`drafts()` of then), sent again under their ids. */
  readonly drafts?: readonly Draft[];
}

/**
 * Sends drafts until each is stored or refused: in each channel one after the other, in the order of adding; channels
 * side by side. What a repeat may mend is repeated under the same `client_msg_id` for as long as the server is sure to know
 * that; what it can't is marked `failed` and waits for `retry` or `discard`, and the next goes on.
 */
export class Outbox {
  readonly events = new Emitter<{ change: Draft; discard: Draft }>();
  readonly #options: OutboxOptions;
  readonly #clock: Clock;
  readonly #drafts = new Map<string, Draft>();
  /** When the drafts that may be stored by now were first tried; for those of an earlier run, when they were written. */
  readonly #tried = new Map<string, number>();
  readonly #busy = new Set<string>();
  readonly #waits = new Map<string, () => void>();
  #online = false;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    for (const draft of (options.drafts ?? []).slice(0, this.#limit)) {
      this.#drafts.set(draft.client_msg_id, draft);
      this.#tried.set(draft.client_msg_id, Date.parse(draft.created_at));
    }
  }

  get #limit(): number {
    return this.#options.limit ?? 1_000;
  }

  /** In the order of adding. */
  drafts(): Draft[] {
    return [...this.#drafts.values()];
  }

  /** Queues a message; returns its echo. Throws code `queue_full` beyond the limit: nothing was queued then. */
  add(message: { channel_id: string; text: string; thread_id?: string | null }): Draft {
    if (this.#drafts.size >= this.#limit) {
      throw new MillraceError({ code: 'queue_full', detail: `${this.#limit} messages wait to be sent` });
    }
    const draft: Draft = {
      client_msg_id: newClientId(),
      channel_id: message.channel_id,
      thread_id: message.thread_id ?? null,
      text: message.text,
      created_at: new Date(this.#clock.now()).toISOString(),
      status: 'sending',
    };
    this.#change(draft);
    this.#pump(draft.channel_id);
    return draft;
  }

  /** Tries a failed draft again, at its old place in the order; one that is `stale` by the word of whoever asks. */
  retry(clientMsgId: string): void {
    const draft = this.#drafts.get(clientMsgId);
    if (draft?.status !== 'failed') return;
    this.#tried.delete(clientMsgId);
    const { error: _, ...rest } = draft;
    this.#change({ ...rest, status: 'sending' });
    this.#pump(draft.channel_id);
  }

  /** Drops a failed draft. */
  discard(clientMsgId: string): void {
    const draft = this.#drafts.get(clientMsgId);
    if (draft?.status !== 'failed') return;
    this.#drafts.delete(clientMsgId);
    this.#tried.delete(clientMsgId);
    this.events.emit('discard', draft);
  }

  /** Takes news from elsewhere (an event, a history page) that a draft is stored; its answer may be lost. */
  confirm(message: Message): void {
    const draft = this.#drafts.get(message.client_msg_id);
    if (draft?.channel_id === message.channel_id) this.#sent(draft, message);
  }

  /** Whether sending makes sense now. Going online cuts all waits short. */
  setOnline(online: boolean): void {
    this.#online = online;
    if (!online) return;
    for (const cut of [...this.#waits.values()]) cut();
    for (const draft of this.#drafts.values()) this.#pump(draft.channel_id);
  }

  /** Stops sending for good; the drafts stay readable. */
  close(): void {
    this.#closed = true;
    for (const cut of [...this.#waits.values()]) cut();
  }

  #pump(channelId: string): void {
    if (this.#busy.has(channelId)) return;
    void this.#run(channelId);
  }

  async #run(channelId: string): Promise<void> {
    this.#busy.add(channelId);
    try {
      await this.#sendAll(channelId);
    } finally {
      this.#busy.delete(channelId);
    }
    // What was added after the last look and before this line.
    if (this.#online && !this.#closed && this.#next(channelId)) this.#pump(channelId);
  }

  async #sendAll(channelId: string): Promise<void> {
    for (let attempt = 0; this.#online && !this.#closed; ) {
      const draft = this.#next(channelId);
      if (!draft) return;
      const now = this.#clock.now();
      const tried = this.#tried.get(draft.client_msg_id) ?? now;
      if (now - tried >= SAFE_TO_REPEAT_MS) {
        this.#change({ ...draft, status: 'failed', error: staleDraft() });
        continue;
      }
      this.#tried.set(draft.client_msg_id, tried);
      try {
        this.#sent(draft, await this.#options.send(draft));
        attempt = 0;
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        if (!this.#drafts.has(draft.client_msg_id)) continue;
        if (error.retryable) {
          const jitter = fullJitter(attempt++, this.#options.backoff ?? DEFAULT_BACKOFF, this.#clock);
          await this.#pause(channelId, (error.retryAfter ?? 0) * 1000 + jitter);
        } else {
          this.#change({ ...draft, status: 'failed', error });
          attempt = 0;
        }
      }
    }
  }

  #next(channelId: string): Draft | undefined {
    for (const draft of this.#drafts.values()) {
      if (draft.channel_id === channelId && draft.status === 'sending') return draft;
    }
    return undefined;
  }

  #sent(draft: Draft, message: Message): void {
    if (!this.#drafts.delete(draft.client_msg_id)) return;
    this.#tried.delete(draft.client_msg_id);
    this.events.emit('change', { ...draft, status: 'sent', message });
  }

  #change(draft: Draft): void {
    this.#drafts.set(draft.client_msg_id, draft);
    this.events.emit('change', draft);
  }

  #pause(channelId: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cut = () => {
        cancel();
        this.#waits.delete(channelId);
        resolve();
      };
      const cancel = this.#clock.after(ms, cut);
      this.#waits.set(channelId, cut);
    });
  }
}
