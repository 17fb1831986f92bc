import { Emitter, type Message, type MillraceRest, type ReadMarker } from '../../client/index.ts';
import type { UnreadCounts } from './unread-counts.ts';

/** Between two markers that say the same, ms. */
const SAY_READ_MS = 5_000;

interface ReadingEvents {
  /** Counts changed. */
  change: undefined;
  /** This channel was marked as unread, here or on another device; its last-read is as the counts now say. */
  unread: string;
}

/** How far one has read each channel. One marked as unread stays so, even in sight, until one reads on. */
export class Reading {
  readonly events = new Emitter<ReadingEvents>();
  readonly #rest: MillraceRest;
  readonly #counts: UnreadCounts;
  /** Channels that were marked as unread. */
  readonly #held = new Set<string>();
  /** Channels of which a marker went back: the next counts of the server tell whether one marked them elsewhere. */
  readonly #wentBack = new Set<string>();
  #said = { what: '', until: 0 };

  constructor(rest: MillraceRest, counts: UnreadCounts) {
    this.#rest = rest;
    this.#counts = counts;
  }

  /** Says that everything up to the newest message of the channel was seen. */
  async markRead(channelId: string): Promise<void> {
    const { last_seq, unread, mentions } = this.#counts.get(channelId);
    if (this.#held.has(channelId) || (unread === 0 && mentions === 0)) return;
    // Said already, and the count is still there: whatever the reason, asking at once again won't mend it.
    const saying = JSON.stringify([channelId, last_seq, unread, mentions]);
    if (saying === this.#said.what && Date.now() < this.#said.until) return;
    this.#said = { what: saying, until: Date.now() + SAY_READ_MS };
    const marker = await this.#rest.markRead(channelId, last_seq);
    // Marked as unread while this was on its way.
    if (this.#held.has(channelId)) return;
    this.#counts.read(marker);
    this.events.emit('change', undefined);
  }

  /** Makes a message and all behind it unread. */
  async markUnread({ channel_id, seq }: Message): Promise<void> {
    // Before the answer, or what is in sight would be read again meanwhile.
    const was = this.#held.has(channel_id);
    this.#held.add(channel_id);
    try {
      this.#counts.set(await this.#rest.markUnread(channel_id, seq));
    } catch (error) {
      if (!was) this.#held.delete(channel_id);
      throw error;
    }
    this.#said = { what: '', until: 0 };
    this.events.emit('unread', channel_id);
    this.events.emit('change', undefined);
  }

  async markAllRead(): Promise<void> {
    const { channels } = await this.#rest.markAllRead();
    this.#held.clear();
    this.#counts.load(channels);
    this.events.emit('change', undefined);
  }

  /** One reads on in a channel that was marked as unread. */
  readOn(channelId: string): void {
    this.#held.delete(channelId);
  }

  /** Takes what the socket says; returns whether only the server can tell how it now stands. */
  heard(marker: ReadMarker): boolean {
    const { channel_id } = marker;
    const certain = this.#counts.read(marker);
    if (!certain) this.#wentBack.add(channel_id);
    this.events.emit('change', undefined);
    return !certain || this.#held.has(channel_id);
  }

  /** The counts were read from the server. */
  loaded(): void {
    for (const channelId of this.#held) if (this.#counts.get(channelId).unread === 0) this.#held.delete(channelId);
    for (const channelId of this.#wentBack) {
      if (this.#counts.get(channelId).unread === 0) continue;
      this.#held.add(channelId);
      this.events.emit('unread', channelId);
    }
    this.#wentBack.clear();
  }
}
