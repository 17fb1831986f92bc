import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelId, Head, MessageStore } from '../../platform/messages/port.ts';
import type { Message, MessageEvent } from '../../schemas/generated/types.ts';
import { eventFrame, messageFrame, storedEventFrame } from '../wire/message.ts';

/** Recent frames that a channel keeps for resumes; older ones are read from the store. */
const ringBound = 100;
/** Live events that wait while the head or a gap is read from the store; past it the feed is read anew. */
const waitingBound = 10_000;

interface Kept {
  rev: number;
  /** Of a message's event: a later change of the message renews the frame. */
  message: Message | undefined;
  kind: string;
  frame: Buffer;
}

/**
 * One channel on this gateway: its head, and its newest frames. Live events come in through `take`, each rev goes out
 * once, in order: known revs are dropped, and a gap is filled from the store first.
 */
export class ChannelFeed {
  private head: Head | undefined;
  private ring: Kept[] = [];
  private waiting: MessageEvent[] = [];
  private reading = false;
  private closed = false;
  private readonly reaching = new Set<() => void>();
  constructor(
    private readonly channel: ChannelId,
    private readonly store: MessageStore,
    private readonly publish: (frame: Buffer) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Undefined until `begin` is through. */
  get current(): Head | undefined {
    return this.head;
  }

  /** Call it after the barrier: what fan-out took up before is in the store, what comes after arrives here. */
  async begin(): Promise<void> {
    this.head = await this.store.head(this.channel);
    this.drain();
  }

  take(event: MessageEvent): void {
    if (!this.head || this.reading) {
      if (this.waiting.length < waitingBound) this.waiting.push(event);
      return;
    }
    if (event.rev <= this.head.rev) return;
    if (event.rev > this.head.rev + 1) {
      this.waiting.push(event);
      void this.fill().catch(this.failed);
      return;
    }
    this.head = { rev: event.rev, seq: event.seq };
    const kept = keep(event);
    this.renew(event);
    this.ring.push(kept);
    if (this.ring.length > ringBound) this.ring.shift();
    this.publish(kept.frame);
    this.wake();
  }

  /** Resolves once the feed has come to `rev`, or is closed. */
  async reached(rev: number): Promise<void> {
    while (!this.closed && (this.head?.rev ?? 0) < rev) {
      await new Promise<void>((resolve) => this.reaching.add(resolve));
    }
  }

  /** Frames of the events after `rev`, in order; undefined where they must be read from the store. */
  since(rev: number): Buffer[] | undefined {
    if (!this.head) return undefined;
    if (rev >= this.head.rev) return [];
    const first = this.ring[0];
    if (!first || first.rev > rev + 1) return undefined;
    return this.ring.slice(rev + 1 - first.rev).map((kept) => kept.frame);
  }

  /** Nobody wants the channel any more. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  private wake(): void {
    if (this.reaching.size === 0) return;
    for (const resume of this.reaching) resume();
    this.reaching.clear();
  }

  /** Reads what is missing up to the first waiting event, and sends it on. */
  private async fill(): Promise<void> {
    this.reading = true;
    try {
      while (this.waiting.length > 0 && this.waiting[0]!.rev > this.head!.rev + 1) {
        const events = await this.store.eventsAfter(this.channel, this.head!.rev, 500);
        // Events leave behind their rows, so this is a store that lags for a moment: it is asked again.
        if (!events || events.length === 0) {
          if (this.closed) return;
          await sleep(50);
          continue;
        }
        for (const event of events) {
          const seq =
            'message' in event && event.message.thread_id === null
              ? Math.max(event.message.seq, this.head!.seq)
              : this.head!.seq;
          this.head = { rev: event.rev, seq };
          this.publish(Buffer.from(storedEventFrame(this.channel, event, seq)));
        }
        this.ring = [];
        this.wake();
      }
    } finally {
      this.reading = false;
    }
    this.drain();
  }

  private drain(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const event of waiting) this.take(event);
  }

  /** An event is repeated with its message as it is now, so that no deleted text comes back, and a root tells its replies. */
  private renew(event: MessageEvent): void {
    if (!('MessageChanged' in event.body)) return;
    const { kind, message, root_reply_count } = event.body.MessageChanged;
    if (kind !== 'created') this.replace(message.message_id, () => message);
    else if (message.thread_id !== null)
      this.replace(message.thread_id, (root) => ({ ...root, reply_count: root_reply_count }));
  }

  private replace(messageId: string, change: (message: Message) => Message): void {
    for (const kept of this.ring) {
      if (kept.message?.message_id !== messageId) continue;
      kept.message = change(kept.message);
      kept.frame = Buffer.from(messageFrame(this.channel, kept.rev, kept.kind, kept.message));
    }
  }
}

function keep(event: MessageEvent): Kept {
  const changed = 'MessageChanged' in event.body ? event.body.MessageChanged : undefined;
  return {
    rev: event.rev,
    message: changed?.message,
    kind: changed?.kind ?? '',
    frame: Buffer.from(eventFrame(event)),
  };
}
