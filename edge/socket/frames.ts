import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { limits } from '../limits.ts';
import { ClientMsgId, Head, Id, Text, Time } from '../wire/schemas.ts';

/** Any string: a frame's own bound bounds it. */
const id = { id: Type.Optional(Type.String()) };
const ofMessage = { channel_id: Id, message_id: Type.String() };

/** What clients send, by type. What validates a frame also describes it in /v1/asyncapi.json. */
export const clientFrames = {
  resume: Type.Object({ ...id, channels: Type.Record(Type.String(), Type.Integer({ minimum: 0 })) }),
  send: Type.Object({
    ...id,
    channel_id: Id,
    text: Text,
    client_msg_id: ClientMsgId,
    thread_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
  edit: Type.Object({ ...id, ...ofMessage, text: Text }),
  delete: Type.Object({ ...id, ...ofMessage }),
  react: Type.Object({ ...id, ...ofMessage, emoji: Type.String() }),
  unreact: Type.Object({ ...id, ...ofMessage, emoji: Type.String() }),
  read: Type.Object({ ...id, channel_id: Id, seq: Type.Integer({ minimum: 0 }) }),
  unread: Type.Object({ ...id, channel_id: Id, seq: Type.Integer({ minimum: 1 }) }),
  'thread.read': Type.Object({ ...id, channel_id: Id, thread_id: Type.String(), message_id: Type.String() }),
  typing: Type.Object({ ...id, channel_id: Id }),
  'presence.set': Type.Object({
    ...id,
    status: Type.Optional(Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy')])),
    until: Type.Optional(Time),
    idle: Type.Optional(Type.Boolean()),
  }),
  'presence.watch': Type.Object({ ...id, user_ids: Type.Array(Id, { maxItems: limits.watched_people }) }),
  auth: Type.Object({ ...id, token: Type.String() }),
  ping: Type.Object({ ...id }),
} as const satisfies { [type: string]: TSchema };

export type ClientFrameType = keyof typeof clientFrames;
export type ClientFrame<Kind extends ClientFrameType> = Static<(typeof clientFrames)[Kind]>;

const Status = Type.Union(['online', 'away', 'busy', 'offline'].map((status) => Type.Literal(status)));

/** What the server sends, by type. */
export const serverFrames = {
  hello: Type.Object({
    connection_id: Type.String(),
    user_id: Id,
    workspace_id: Id,
    heartbeat_ms: Type.Integer(),
    channels: Type.Array(Type.Object({ channel_id: Id, head: Head })),
  }),
  event: Type.Object({ channel_id: Id, rev: Type.Integer(), event: Type.Object({ kind: Type.String() }) }),
  ack: Type.Object({ id: Type.String() }),
  resumed: Type.Object({
    id: Type.String(),
    channels: Type.Record(Type.String(), Type.Object({ status: Type.String(), head: Type.Optional(Head) })),
  }),
  read: Type.Object({
    channel_id: Id,
    last_read_seq: Type.Integer(),
    unread: Type.Integer(),
    mentions: Type.Integer(),
  }),
  'thread.read': Type.Object({ channel_id: Id, thread_id: Type.String(), last_read_id: Type.String() }),
  presence: Type.Object({ user_id: Id, status: Status }),
  typing: Type.Object({ user_id: Id, channel_id: Id }),
  'channel.added': Type.Object({ channel_id: Id, head: Head }),
  'channel.removed': Type.Object({ channel_id: Id, head: Head }),
  error: Type.Object({ id: Type.Optional(Type.String()), code: Type.String(), detail: Type.String() }),
  reconnect: Type.Object({ after_ms: Type.Integer() }),
  pong: Type.Object({ id: Type.Optional(Type.String()) }),
} as const satisfies { [type: string]: TSchema };
