import type { Message, MessageEvent, ReadMarker } from '../../schemas/generated/types.ts';
import type { Person } from '../directory/port.ts';

/** A channel is (workspace, channel). */
export interface ChannelId {
  workspace_id: string;
  channel_id: string;
}

/** How far a channel has come: its count of events, and of top-level messages. Both 0 for a channel without events. */
export interface Head {
  rev: number;
  seq: number;
}

/** What `persist` has the store keep. Every one is idempotent, and one of an older rev changes nothing. */
export type RowWrite =
  /** The message as it is at message.rev. */
  | ({ kind: 'message'; message: Message } & ChannelId)
  /** A thread's root, which is there already, has this many replies; the count only grows. */
  | ({ kind: 'reply_count'; root_id: string; reply_count: number } & ChannelId)
  /** What a resume repeats: the event without the message's content, which is read as it is then. */
  | ({ kind: 'event'; rev: number; event: StoredEventBody } & ChannelId)
  | ({ kind: 'head'; head: Head } & ChannelId)
  /** Joined or left, at a rev of the channel. */
  | ({ kind: 'membership'; user_id: string; joined: boolean; rev: number; seq: number } & ChannelId)
  /** Merged into what is there by `mergeMarkers`. */
  | ({ kind: 'marker'; user_id: string; marker: ReadMarker } & ChannelId)
  /** Everyone has read the channel up to here, whatever their markers say: what is imported is read. Only grows. */
  | ({ kind: 'read_floor'; seq: number; rev: number } & ChannelId)
  /**
   * A mention of one person (user_id) or of all (null), since the event `rev`; `alive` false takes it back. `changed_rev` is
   * the event that says so: the row's newest one counts, so that a late mention does not bring back a withdrawn one.
   */
  | ({
      kind: 'mention';
      user_id: string | null;
      rev: number;
      author_id: string;
      alive: boolean;
      changed_rev: number;
    } & ChannelId)
  /** An imported message's identity, kept for good. */
  | ({ kind: 'identity'; client_msg_id: string; message_id: string; thread_id: string | null } & ChannelId);

/** An event as the store keeps it: a message by its id, anything else as it was. */
export type StoredEventBody =
  | { kind: string; message_id: string; thread_id: string | null }
  | { body: Exclude<MessageEvent['body'], { MessageChanged: unknown }> };

/** An event read back, in the shape in which it left, with the message as it is now. */
export type StoredEvent = { rev: number } & (
  | { kind: string; message: Message }
  | { body: Exclude<MessageEvent['body'], { MessageChanged: unknown }> }
);

export interface Membership {
  channel_id: string;
  joined: boolean;
  /** Rev of the channel at which it came about. */
  rev: number;
}

/** One channel's part of a person's unread counts. */
export interface Unread {
  channel_id: string;
  last_seq: number;
  last_read_seq: number;
  unread: number;
  mentions: number;
}

export type HistoryRequest = { limit: number } & (
  | { before: string }
  | { after: string }
  | { around: string }
  | { newest: true }
);

export interface History {
  /** Oldest first. */
  messages: Message[];
  has_more_before: boolean;
  has_more_after: boolean;
  /** Read before the messages, so that a client which resumes from it misses nothing. */
  head: Head;
}

/**
 * Messages and what is derived from them for reading: threads, recent events, heads, memberships, read markers.
 *
 * - Rows come in through units of work (platform/units/port.ts) or `write`; when that resolves they are on disk and in
 *   every later read. A write of an older rev than the row has changes nothing.
 * - Message ids are decimal strings; one that isn't is like an unknown one.
 * - Errors: `unavailable` when the store doesn't answer in 5 s.
 */
export interface MessageStore {
  write(rows: RowWrite[]): Promise<void>;
  head(channel: ChannelId): Promise<Head>;
  /** In the order asked for; at most 1,000. */
  heads(workspaceId: string, channelIds: string[]): Promise<Head[]>;
  message(channel: ChannelId, messageId: string): Promise<Message | undefined>;
  /** At most 200, found ones only, in any order. */
  messages(channel: ChannelId, messageIds: string[]): Promise<Message[]>;
  /** Top-level messages. `around` gives up to limit/2 before it, and the rest from it on. */
  history(channel: ChannelId, request: HistoryRequest): Promise<History>;
  /** Root first, then replies after `after` in order; undefined for an unknown root. A reply's id means its root. */
  thread(
    channel: ChannelId,
    rootId: string,
    request: { after?: string | undefined; limit: number },
  ): Promise<{ messages: Message[]; has_more_after: boolean } | undefined>;
  /** Events with a rev above `rev`, in order, at most `limit`; undefined when the next one is no longer kept. */
  eventsAfter(channel: ChannelId, rev: number, limit: number): Promise<StoredEvent[] | undefined>;
  /** Imported messages by their identities; undefined at the place of an unknown one. At most 500. */
  identities(
    channel: ChannelId,
    clientMsgIds: string[],
  ): Promise<({ message_id: string; thread_id: string | null } | undefined)[]>;
  /** Every channel the person is in or was in. */
  memberships(person: Person): Promise<Membership[]>;
  /** The marker in force: one's own, or the channel's read floor where that is further. */
  marker(person: Person, channelId: string): Promise<ReadMarker>;
  /** For each of the channels, in their order. At most 1,000. */
  unreads(person: Person, channelIds: string[]): Promise<Unread[]>;
  /** The rev just before top-level message `seq` + 1 came to be; the head's rev from the last message on. */
  revBefore(channel: ChannelId, seq: number): Promise<number>;
  /** All messages in key order, for replay: pages of up to `limit`, from a cursor on; `cursor` null at the end. */
  scan(
    cursor: string | null,
    limit: number,
  ): Promise<{ messages: ({ message: Message } & ChannelId)[]; cursor: string | null }>;
}

/** The one rule by which markers merge (schemas/ReadMarker.avsc): commutative, associative, idempotent. */
export function mergeMarkers(a: ReadMarker, b: ReadMarker): ReadMarker {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch ? a : b;
  return {
    epoch: a.epoch,
    last_read_seq: Math.max(a.last_read_seq, b.last_read_seq),
    last_read_rev: Math.max(a.last_read_rev, b.last_read_rev),
  };
}

export const unreadMarker: ReadMarker = { epoch: 0, last_read_seq: 0, last_read_rev: 0 };
