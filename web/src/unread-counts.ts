import type { ChannelUnread, Message, ReadMarker } from '../../client/index.ts';

/** Unread counts of one's channels, kept by arithmetic from live events between two readings of /v1/unreads. */
export class UnreadCounts {
  readonly #me: string;
  readonly #channels = new Map<string, ChannelUnread>();
  /** When each channel last changed, by `mark`. As many as there are channels. */
  readonly #changed = new Map<string, number>();
  #changes = 0;

  constructor(me: string) {
    this.#me = me;
  }

  /** To be taken before the server is asked, for `load`. */
  get mark(): number {
    return this.#changes;
  }

  /**
   * Replaces all, but for channels that changed since the answer was asked for: it may be older than that. Returns whether
   * there were none; ask again otherwise. As many entries as one has channels.
   */
  load(channels: readonly ChannelUnread[], asked = this.mark): boolean {
    const before = new Map(this.#channels);
    const changed = new Set([...this.#changed].filter(([, at]) => at > asked).map(([id]) => id));
    this.#channels.clear();
    for (const channel of channels) {
      const held = before.get(channel.channel_id);
      // The store may lag behind the events for a moment.
      const last_seq = Math.max(held?.last_seq ?? 0, channel.last_seq);
      this.#channels.set(channel.channel_id, {
        ...channel,
        last_seq,
        unread: channel.unread + last_seq - channel.last_seq,
      });
    }
    for (const id of changed) if (before.has(id)) this.#channels.set(id, before.get(id)!);
    for (const id of this.#changed.keys()) if (!this.#channels.has(id)) this.#changed.delete(id);
    return changed.size === 0;
  }

  /** The channel's story begins anew at `seq`, which may lie before what was heard. */
  reset(channelId: string, seq: number): void {
    const held = this.get(channelId);
    const last_seq = Math.min(held.last_seq, seq);
    this.#put({ ...held, last_seq, unread: Math.max(0, last_seq - held.last_read_seq) });
  }

  all(): readonly ChannelUnread[] {
    return [...this.#channels.values()];
  }

  get(channelId: string): ChannelUnread {
    return (
      this.#channels.get(channelId) ?? { channel_id: channelId, last_seq: 0, last_read_seq: 0, unread: 0, mentions: 0 }
    );
  }

  /** Takes a new message. */
  created(message: Message): void {
    const held = this.get(message.channel_id);
    const mine = message.user_id === this.#me;
    const top = message.thread_id === null;
    const last_seq = top ? Math.max(held.last_seq, message.seq) : held.last_seq;
    const last_read_seq = top && mine ? Math.max(held.last_read_seq, message.seq) : held.last_read_seq;
    const known = top && message.seq <= held.last_seq;
    const mentioned = !mine && !known && this.mentionsMe(message);
    this.#put({
      channel_id: message.channel_id,
      last_seq,
      last_read_seq,
      unread: Math.max(0, last_seq - last_read_seq),
      mentions: top && mine ? 0 : held.mentions + (mentioned ? 1 : 0),
    });
  }

  /** Takes a read marker. One that is behind what is known changes nothing and returns false: late, or marked as unread. */
  read(marker: ReadMarker): boolean {
    if (marker.last_read_seq < this.get(marker.channel_id).last_read_seq) return false;
    this.set(marker);
    return true;
  }

  /** Takes a marker that is known to be the last word, even if it goes back. */
  set(marker: ReadMarker): void {
    const held = this.get(marker.channel_id);
    const last_seq = Math.max(held.last_seq, marker.last_read_seq + marker.unread);
    const unread = last_seq - marker.last_read_seq;
    this.#put({
      channel_id: marker.channel_id,
      last_seq,
      last_read_seq: marker.last_read_seq,
      unread,
      mentions: marker.mentions,
    });
  }

  forget(channelId: string): void {
    this.#channels.delete(channelId);
    this.#changed.delete(channelId);
  }

  /** Of all channels but those that are left out. */
  total(without: (channelId: string) => boolean = () => false): { unread: number; mentions: number } {
    let unread = 0;
    let mentions = 0;
    for (const channel of this.#channels.values()) {
      if (without(channel.channel_id)) continue;
      unread += channel.unread;
      mentions += channel.mentions;
    }
    return { unread, mentions };
  }

  #put(channel: ChannelUnread): void {
    this.#channels.set(channel.channel_id, channel);
    this.#changed.set(channel.channel_id, ++this.#changes);
  }

  mentionsMe(message: Message): boolean {
    return message.mentions.includes(this.#me) || /<!(?:channel|here)>/.test(message.text);
  }
}
