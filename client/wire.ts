/** A time as the server writes it: RFC 3339, UTC. */
export type Timestamp = string;

/** How far a channel has come: `rev` counts all of its events, `seq` its top-level messages, both from 1. */
export interface Head {
  readonly rev: number;
  readonly seq: number;
}

export type Role = 'owner' | 'admin' | 'member' | 'guest';
export type Posting = 'everyone' | 'managers';
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
  /** Who may write top-level messages; `managers`: its creator, admins and owners (announcements). */
  readonly posting?: Posting;
  /** What was written below this message id is no longer kept; null or absent: all is. */
  readonly history_from?: string | null;
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
  readonly deactivated?: boolean;
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
  /** When a status set by hand ends, where it has an end. */
  readonly until?: Timestamp;
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

/** An earlier text of an edited message. */
export interface MessageVersion {
  /** A rev of the message at which it had this text. */
  readonly rev: number;
  readonly text: string;
  readonly written_at: Timestamp;
}

export interface ThreadReadMarker {
  readonly channel_id: string;
  readonly thread_id: string;
  /** The reply up to which one has read; null for none. */
  readonly last_read_id: string | null;
}

export interface ThreadPage {
  /** The root first in the first page, then replies, oldest first. */
  readonly messages: readonly Message[];
  readonly has_more_after: boolean;
  /** Those who replied, by user id; the first 200 of them. */
  readonly participants?: readonly string[];
  readonly last_read_id?: string | null;
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

/** People whom a text mentions together, as `<!group:id>`. */
export interface Group {
  readonly group_id: string;
  readonly name: string;
  readonly member_count: number;
}

/** A phone that gets pushes. */
export interface Device {
  readonly platform: DevicePlatform;
  readonly token: string;
}

/** Hours of each day in which nothing pushes; `from` may be later than `to`. */
export interface QuietHours {
  /** IANA, as Europe/Vienna. */
  readonly zone: string;
  /** HH:MM */
  readonly from: string;
  readonly to: string;
}

export interface WorkspaceSettings {
  readonly workspace_id: string;
  readonly push_bodies: 'shown' | 'withheld';
}

export interface GroupWithMembers extends Group {
  /** User ids, at most 1,000. */
  readonly members: readonly string[];
}

/** One change of people or channels, as admins read it. */
export interface AuditEntry {
  readonly audit_id: string;
  readonly time: Timestamp;
  readonly actor_id: string;
  /** Such as `channel.created`, `members.removed`, `person.deactivated`. */
  readonly action: string;
  readonly channel_id: string | null;
  readonly user_ids: readonly string[];
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  /** Of a private channel that one is not in: `user_ids` is empty, and names and topics are left out. */
  readonly redacted?: true;
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
export interface ChannelLevel {
  readonly channel_id: string;
  readonly level: NotificationLevel;
}
export type DevicePlatform = 'fcm' | 'apns';

/** How long messages of a channel are kept. */
export interface ChannelRetention {
  /** Days; null: as the workspace says; 0: for good. */
  readonly days: number | null;
  /** What that comes to; null: for good. */
  readonly kept_days: number | null;
  readonly history_from: string | null;
}

/** What is kept whatever retention says. */
export interface LegalHold {
  readonly hold_id: string;
  /** Neither a channel nor a person: everything. */
  readonly channel_id: string | null;
  readonly user_id: string | null;
  readonly reason: string;
  readonly created_by: string;
  readonly created_at: Timestamp;
}

export interface Erasure {
  /** Null once it is done. */
  readonly user_id: string | null;
  readonly requested_at: Timestamp;
  readonly done_at: Timestamp | null;
}
