import type {
  Channel,
  Head,
  Message,
  Presence,
  PresenceStatus,
  ReadMarker,
  ThreadReadMarker,
  Timestamp,
} from './wire.ts';

export interface MessageEvent {
  readonly kind: 'message.created' | 'message.edited' | 'message.deleted' | 'reaction.added' | 'reaction.removed';
  readonly message: Message;
}

export interface MemberEvent {
  readonly kind: 'member.joined' | 'member.left';
  /** 1 to 1,000. */
  readonly user_ids: readonly string[];
}

export interface ChannelEvent {
  readonly kind: 'channel.changed';
  readonly channel: Channel;
}

/** What happened in a channel; a kind that this version does not know still counts as a rev. */
export type StreamEvent = MessageEvent | MemberEvent | ChannelEvent;

export interface HelloFrame {
  readonly type: 'hello';
  readonly connection_id: string;
  readonly user_id: string;
  readonly workspace_id: string;
  readonly heartbeat_ms: number;
  readonly channels: readonly { readonly channel_id: string; readonly head: Head }[];
}

export interface EventFrame {
  readonly type: 'event';
  readonly channel_id: string;
  readonly rev: number;
  readonly event: StreamEvent;
}

export interface ResumeOutcome {
  readonly status: 'caught_up' | 'reset' | 'gone';
  /** Absent with `gone`. */
  readonly head?: Head;
}

export interface ResumedFrame {
  readonly type: 'resumed';
  readonly id: string;
  readonly channels: Readonly<Record<string, ResumeOutcome>>;
}

export type ReadFrame = { readonly type: 'read' } & ReadMarker;
export type ThreadReadFrame = {
  readonly type: 'thread.read';
  readonly channel_id: string;
  readonly thread_id: string;
  readonly last_read_id: string;
};
export type PresenceFrame = { readonly type: 'presence'; readonly user_id: string; readonly status: PresenceStatus };
export type TypingFrame = { readonly type: 'typing'; readonly user_id: string; readonly channel_id: string };
export type AddedFrame = { readonly type: 'channel.added'; readonly channel_id: string; readonly head: Head };
export type RemovedFrame = { readonly type: 'channel.removed'; readonly channel_id: string; readonly head?: Head };
export type ErrorFrame = {
  readonly type: 'error';
  readonly id?: string;
  readonly code: string;
  readonly detail: string;
};
export type ReconnectFrame = { readonly type: 'reconnect'; readonly after_ms: number };
export type PongFrame = { readonly type: 'pong'; readonly id?: string };
export type AckFrame = { readonly type: 'ack'; readonly id: string } & Readonly<Record<string, unknown>>;

export type ServerFrame =
  | HelloFrame
  | EventFrame
  | ResumedFrame
  | ReadFrame
  | ThreadReadFrame
  | PresenceFrame
  | TypingFrame
  | AddedFrame
  | RemovedFrame
  | ErrorFrame
  | ReconnectFrame
  | PongFrame
  | AckFrame;

/** What a socket request carries beside its `type` and `id`. */
export interface RequestFields {
  send: { channel_id: string; text: string; client_msg_id: string; thread_id?: string };
  edit: { channel_id: string; message_id: string; text: string };
  delete: { channel_id: string; message_id: string };
  react: { channel_id: string; message_id: string; emoji: string };
  unreact: { channel_id: string; message_id: string; emoji: string };
  read: { channel_id: string; seq: number };
  /** Makes the message `seq` and all behind it unread. */
  unread: { channel_id: string; seq: number };
  'thread.read': { channel_id: string; thread_id: string; message_id: string };
  resume: { channels: Readonly<Record<string, number>> };
  'presence.set': { status: Exclude<PresenceStatus, 'offline'>; until?: Timestamp } | { idle: boolean };
  'presence.watch': { user_ids: readonly string[] };
  auth: { token: string };
}

/** What the answer to a socket request carries beside its `type` and `id`. */
export interface AnswerFields {
  send: { message: Message };
  edit: { message: Message };
  delete: { message: Message };
  react: { message: Message };
  unreact: { message: Message };
  read: ReadMarker;
  unread: ReadMarker;
  'thread.read': ThreadReadMarker;
  resume: { channels: Readonly<Record<string, ResumeOutcome>> };
  'presence.set': object;
  'presence.watch': { presence: readonly Presence[] };
  auth: object;
}

export type RequestType = keyof RequestFields;

/**
 * Reads one text frame. Returns undefined for a type that this version does not know, so that a newer server can say
 * more. Throws `SyntaxError` for text that is no JSON object with a `type`.
 */
export function parseFrame(text: string): ServerFrame | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    throw new SyntaxError('a frame is a JSON object with a type');
  }
  return KNOWN.has(value.type) ? (value as ServerFrame) : undefined;
}

const KNOWN: ReadonlySet<string> = new Set<ServerFrame['type']>([
  'hello',
  'event',
  'resumed',
  'read',
  'thread.read',
  'presence',
  'typing',
  'channel.added',
  'channel.removed',
  'error',
  'reconnect',
  'pong',
  'ack',
]);
