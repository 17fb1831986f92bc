import type { Message, MessageEvent, ReadMarker, Trim } from '../../schemas/generated/types.ts';
import type { Person } from '../directory/person.ts';

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
  /** The person has read up to here by sending or joining at `rev`. Only grows. */
  | ({ kind: 'own_read'; user_id: string; seq: number; rev: number } & ChannelId)
  /** The person has read a thread up to a reply. Only grows. */
  | ({ kind: 'thread_marker'; user_id: string; root_id: string; last_read_id: string } & ChannelId)
  /** The person has replied in a thread. */
  | ({ kind: 'participant'; user_id: string; root_id: string } & ChannelId)
  /** An earlier text of a message: the one that it had from `rev` on, written at `time`. */
  | ({ kind: 'version'; message_id: string; rev: number; text: string; time: number } & ChannelId)
  /** The message was deleted at `rev`: its earlier texts go, and none of an earlier rev comes back. */
  | ({ kind: 'versions_gone'; message_id: string; rev: number } & ChannelId)
  /** Everyone has read the channel up to here, whatever their markers say: what is imported is read. Only grows. */
  | ({ kind: 'read_floor'; seq: number; rev: number } & ChannelId)
  /** What lies below is read no more. Only grows. */
  | ({ kind: 'trim'; trim: Trim } & ChannelId)
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

/** So many mentions after the last read are counted; more are told as these. */
export const mentionsCounted = 1_000;
/** Of a person's and of a channel's mentions so many are looked at, withdrawn ones and one's own among them. */
export const mentionsRead = 10_000;

/** One channel's part of a person's unread counts. */
export interface Unread {
  channel_id: string;
  last_seq: number;
  last_read_seq: number;
  unread: number;
  /** `mentionsCounted` at most. */
  mentions: number;
}

/** At least so many earlier texts of a message are kept, the newest ones. */
export const versionsKept = 100;

/** An earlier text of a message. */
export interface MessageVersion {
  rev: number;
  text: string;
  /** Milliseconds since 1970. */
  time: number;
}

/** A message that retention took. */
export interface TrimmedMessage {
  message_id: string;
  thread_id: string | null;
}

/** How many of a thread's participants are told. */
export const participantsShown = 200;

/** What a thread has besides its messages. */
export interface ThreadState {
  /** Those who replied, by user id; the first `participantsShown` of them. */
  participants: string[];
  /** The reply up to which the person has read; null for none. */
  last_read_id: string | null;
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
 * - What was trimmed (retention) is in no read, whether its rows are gone yet or not; the root of a thread that goes on above
 *   that is shown by `thread` as a deleted message of `erasedUser`.
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
  /** Top-level messages. `around` gives limit/2 before it and the rest from it on, and more of one side where the other has less. */
  history(channel: ChannelId, request: HistoryRequest): Promise<History>;
  /** Root first, then replies after `after` in order; undefined for an unknown root. A reply's id means its root. */
  thread(
    channel: ChannelId,
    rootId: string,
    request: { after?: string | undefined; limit: number },
  ): Promise<{ messages: Message[]; has_more_after: boolean } | undefined>;
  /** Of a root. */
  threadState(person: Person, channelId: string, rootId: string): Promise<ThreadState>;
  /** Earlier texts of a message, the newest first, at most `limit`, of revs below `before`; none for a deleted one. */
  versions(channel: ChannelId, messageId: string, limit: number, before?: number): Promise<MessageVersion[]>;
  /** Events with a rev above `rev`, in order, at most `limit`; undefined when the next one is no longer kept. */
  eventsAfter(channel: ChannelId, rev: number, limit: number): Promise<StoredEvent[] | undefined>;
  /** Imported messages by their identities; undefined at the place of an unknown one. At most 500. */
  identities(
    channel: ChannelId,
    clientMsgIds: string[],
  ): Promise<({ message_id: string; thread_id: string | null } | undefined)[]>;
  /** Every channel the person is in or was in. */
  memberships(person: Person): Promise<Membership[]>;
  /** The marker in force: `markerInForce` of one's own and the floors. */
  marker(person: Person, channelId: string): Promise<ReadMarker>;
  /** For each of the channels, in their order. At most 1,000. */
  unreads(person: Person, channelIds: string[]): Promise<Unread[]>;
  /** The rev just before top-level message `seq` + 1 came to be; the head's rev from the last message on. */
  revBefore(channel: ChannelId, seq: number): Promise<number>;
  /** Messages of a channel that were trimmed and have rows yet, replies before their root, about `limit` at most; none once all are gone. */
  trimmed(channel: ChannelId, limit: number): Promise<TrimmedMessage[]>;
  /** Roots that were trimmed and whose threads go on, by id; after one, at most `limit`. */
  goingOn(channel: ChannelId, after: string, limit: number): Promise<string[]>;
  /**
   * Removes their rows, and some more that nothing above needs: true while there may be more of these, also once no messages are
   * left. A root whose thread goes on stays, as a deleted message.
   */
  removeTrimmed(channel: ChannelId, messages: TrimmedMessage[]): Promise<boolean>;
  /**
   * Removes what is a person's own: memberships, markers, mentions; and what names them in the channels: as a participant of
   * threads, in events that tell who came and went, where `instead` stands from then on.
   */
  forget(person: Person, channelIds: string[], instead: string): Promise<void>;
  /** All messages in key order, for replay: pages of up to `limit`, from a cursor on; `cursor` null at the end. */
  scan(
    cursor: string | null,
    limit: number,
  ): Promise<{ messages: ({ message: Message } & ChannelId)[]; cursor: string | null }>;
}
