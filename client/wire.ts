/** A time as the server writes it: RFC 3339, UTC. */
export type Timestamp = string;

/** How far a channel has come: `rev` counts all of its events, `seq` its top-level messages, both from 1. */
export interface Head {
  readonly rev: number;
  readonly seq: number;
}

export type Role = 'owner' | 'admin' | 'member' | 'guest';
export type ChannelType = 'public' | 'private' | 'group' | 'dm';

export interface Channel {
  readonly channel_id: string;
  readonly workspace_id: string;
  /** Null or empty in a `dm`, which is known by its members. */
  readonly name: string | null;
  readonly type: ChannelType;
  readonly topic: string | null;
  readonly creator_id: string;
  readonly archived: boolean;
  readonly member_count: number;
  readonly head: Head;
  readonly created_at: Timestamp;
}

export interface Message {
  /** A Snowflake as a decimal string; order by `compareIds`, never by `Number`. */
  readonly message_id: string;
  readonly channel_id: string;
  readonly workspace_id: string;
  /** In a reply, its root's. */
  readonly seq: number;
  /** Of the message's last change. */
  readonly rev: number;
  readonly user_id: string;
  /** 1 to 8,000 code points; empty once deleted. */
  readonly text: string;
  readonly client_msg_id: string;
  /** The root's id in a reply, null elsewhere. */
  readonly thread_id: string | null;
  readonly reply_count: number;
  /** Emoji to the ids of those who reacted with it. */
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly mentions: readonly string[];
  readonly created_at: Timestamp;
  readonly edited_at: Timestamp | null;
  readonly deleted: boolean;
}

export interface User {
  readonly user_id: string;
  readonly name?: string | null;
  readonly email?: string | null;
  readonly role?: Role;
}

export interface Member {
  readonly user_id: string;
  readonly role: string;
}

export type PresenceStatus = 'online' | 'away' | 'busy' | 'offline';

export interface Presence {
  readonly user_id: string;
  readonly status: PresenceStatus;
  readonly last_active_at?: Timestamp;
}

export interface ReadMarker {
  readonly channel_id: string;
  readonly last_read_seq: number;
  readonly unread: number;
  readonly mentions: number;
}

export interface ChannelUnread extends ReadMarker {
  readonly last_seq: number;
}

export interface Unreads {
  readonly channels: readonly ChannelUnread[];
  readonly total_unread: number;
  readonly total_mentions: number;
}

export interface HistoryPage {
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly has_more_before: boolean;
  readonly has_more_after: boolean;
  readonly head: Head;
}

export interface ThreadPage {
  /** The root first in the first page, then replies, oldest first. */
  readonly messages: readonly Message[];
  readonly has_more_after: boolean;
}

export interface SearchHit {
  readonly message: Message;
  /** HTML-escaped text in which only `<em>` and `</em>` are markup. */
  readonly highlights: readonly string[];
  readonly score: number;
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  readonly total: number;
  readonly next_cursor: string | null;
  readonly suggestion?: string;
}

/** RFC 9457 body of every refused REST call. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
}

export type NotificationLevel = 'all' | 'mentions' | 'none';
export type DevicePlatform = 'fcm' | 'apns';
