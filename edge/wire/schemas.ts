import { type TSchema, Type } from '@sinclair/typebox';
import { limits } from '../limits.ts';

/** Shapes of the contract that several calls and frames share. */
export const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });
export const Time = Type.String({ description: 'RFC 3339, UTC' });
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page }));
export const Cursor = Type.Optional(Type.String({ minLength: 1, maxLength: 1000 }));
export const Head = Type.Object({ rev: Type.Integer(), seq: Type.Integer() });
export const ClientMsgId = Type.String({ minLength: 1, maxLength: limits.client_msg_id_characters });
export const Text = Type.String({ description: `1 to ${limits.text_code_points} Unicode code points` });
export const ChannelType = Type.Union(
  ['public', 'private', 'group', 'dm'].map((type) => Type.Literal(type as 'public')),
);
export const Role = Type.Union([
  Type.Literal('owner'),
  Type.Literal('admin'),
  Type.Literal('member'),
  Type.Literal('guest'),
]);
export const Posting = Type.Union([Type.Literal('everyone'), Type.Literal('managers')]);
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Message = Type.Object({
  message_id: Type.String(),
  channel_id: Id,
  workspace_id: Id,
  seq: Type.Integer(),
  rev: Type.Integer(),
  user_id: Id,
  text: Type.String(),
  client_msg_id: Type.String(),
  thread_id: nullable(Type.String()),
  reply_count: Type.Integer(),
  reactions: Type.Record(Type.String(), Type.Array(Id)),
  mentions: Type.Array(Id),
  created_at: Time,
  edited_at: nullable(Type.String()),
  deleted: Type.Boolean(),
});

export const Channel = Type.Object({
  channel_id: Id,
  workspace_id: Id,
  name: Type.String(),
  type: ChannelType,
  topic: Type.String(),
  creator_id: Id,
  archived: Type.Boolean(),
  member_count: Type.Integer(),
  head: Head,
  created_at: Time,
  posting: Posting,
  history_from: nullable(Type.String({ description: 'What was written below this message id is no longer kept.' })),
});

export const User = Type.Object({
  user_id: Id,
  workspace_id: Id,
  name: Type.String(),
  role: Type.String(),
  deactivated: Type.Boolean(),
  created_at: Time,
});

export const ReadState = Type.Object({
  channel_id: Id,
  last_read_seq: Type.Integer(),
  unread: Type.Integer(),
  mentions: Type.Integer(),
});

export const ThreadReadState = Type.Object({
  channel_id: Id,
  thread_id: Type.String(),
  last_read_id: nullable(Type.String()),
});

export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
});
