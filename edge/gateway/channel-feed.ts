import { channelKey } from '../../platform/keys.ts';
import type { ChannelId, Head, MessageStore } from '../../platform/messages/port.ts';
import type { Message, MessageEvent } from '../../schemas/generated/types.ts';
import { type HeadTexts, headTexts } from '../wire/head-texts.ts';
import { eventFrame, messageFrame, storedEventFrame } from '../wire/message.ts';

/** Recent frames that a channel keeps for resumes; older ones are read from the store. */
const ringBound = 100;
/** Live events that wait while the head or a gap is read from the store; past it they are read from there, too. */
const waitingBound = 10_000;

/** Events lag behind for moments; what fails is asked again after twice as long each time, up to the longest pause. */
const lag_ms = 50;
const longestPause_ms = 5000;
/** Events read in one go. */
const page = 500;

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
  private headTexts: HeadTexts | undefined;
  private ring: Kept[] = [];
  private waiting: MessageEvent[] = [];
  private reading = false;
  private closed = false;
  /** The highest rev that found no room among what waits. */
  private dropped = 0;
  private endPause = (): void => undefined;
  private readonly reaching = new Set<() => void>();
  /** The topic of those who hear it: made once, for all their sockets. */
  readonly address: string;

  constructor(
    readonly channel: ChannelId,
    private readonly store: MessageStore,
    private readonly publish: (frame: Buffer, event?: MessageEvent) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.address = channelKey(channel.workspace_id, channel.channel_id);
  }

  /** Undefined until `begin` is through. */
  get current(): Head | undefined {
    return this.head;
  }

  /** Of `current`, which must be there: made once for all who come before the next event. */
  get texts(): HeadTexts {
    if (this.headTexts?.head !== this.head) this.headTexts = headTexts(this.channel.channel_id, this.head!);
    return this.headTexts!;
  }

  /** Call it after the barrier: what fan-out took up before is in the store, what comes after arrives here. */
  async begin(): Promise<void> {
    this.head = await this.store.head(this.channel);
    this.drain();
  }

  take(event: MessageEvent): void {
    if (this.closed) return;
    if (!this.head || this.reading) {
      if (this.waiting.length < waitingBound) this.waiting.push(event);
      else this.dropped = Math.max(this.dropped, event.rev);
      return;
    }
    if (event.rev <= this.head.rev) return;
    if (event.rev > this.head.rev + 1) {
      this.waiting.push(event);
      void this.fill();
      return;
    }
    this.head = { rev: event.rev, seq: event.seq };
    const kept = keep(event);
    this.renew(event);
    this.ring.push(kept);
    if (this.ring.length > ringBound) this.ring.shift();
    this.publish(kept.frame, event);
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
    this.endPause();
    this.wake();
  }

  private wake(): void {
    if (this.reaching.size === 0) return;
    for (const resume of this.reaching) resume();
    this.reaching.clear();
  }

  /** Reads what is missing, and sends it on. A store that does not answer is asked again: nobody else would ask. */
  private async fill(): Promise<void> {
    this.reading = true;
    let pause_ms = lag_ms;
    while (!this.closed && this.lacks()) {
      let found = false;
      try {
        found = await this.readOn();
        pause_ms = lag_ms;
      } catch (error) {
        this.failed(error);
        pause_ms = Math.min(2 * pause_ms, longestPause_ms);
      }
      // Events leave behind their rows, so where there is none this is a store that lags for a moment.
      if (!found) await this.pause(pause_ms);
    }
    this.reading = false;
    this.drain();
  }

  /** Whether what waits first, or found no room, does not follow yet. */
  private lacks(): boolean {
    const [first] = this.waiting;
    return first ? first.rev > this.head!.rev + 1 : this.dropped > this.head!.rev;
  }

  /** Whether there was anything. */
  private async readOn(): Promise<boolean> {
    const events = await this.store.eventsAfter(this.channel, this.head!.rev, page);
    if (!events || events.length === 0 || this.closed) return false;
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
    return true;
  }

  /** Ends with the feed, too. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private drain(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const event of waiting) this.take(event);
    if (!this.closed && !this.reading && this.lacks()) void this.fill();
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
