import type { ChannelUnread, Message, ReadMarker } from '../../client/index.ts';

/** Unread counts of one's channels, kept by arithmetic from live events between two readings of /v1/unreads. */
export class UnreadCounts {
  readonly #me: string;
  readonly #channels = new Map<string, ChannelUnread>();

  constructor(me: string) {
    this.#me = me;
  }

  /** Replaces all. As many entries as one has channels. */
  load(channels: readonly ChannelUnread[]): void {
    this.#channels.clear();
    for (const channel of channels) this.#channels.set(channel.channel_id, channel);
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
    this.#channels.set(message.channel_id, {
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
    this.#channels.set(marker.channel_id, {
      channel_id: marker.channel_id,
      last_seq,
      last_read_seq: marker.last_read_seq,
      unread,
      mentions: marker.mentions,
    });
  }

  forget(channelId: string): void {
    this.#channels.delete(channelId);
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

  mentionsMe(message: Message): boolean {
    return message.mentions.includes(this.#me) || /<!(?:channel|here)>/.test(message.text);
  }
}
