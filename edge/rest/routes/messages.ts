import { Type } from '@sinclair/typebox';
import { edits } from '../../calls/edits.ts';
import { change, history, send } from '../../calls/messages.ts';
import { markThreadRead, thread } from '../../calls/threads.ts';
import { ClientMsgId, Head, Id, Limit, Message, Text, ThreadReadState, Time } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});
const inChannel = Type.Object({ channel_id: Id });
const ofMessage = Type.Object({ channel_id: Id, message_id: Id });
const withEmoji = Type.Object({ channel_id: Id, message_id: Id, emoji: Type.String() });
const oneMessage = Type.Object({ message: Message });
const changed = { 200: { description: 'The message as it is now.', schema: oneMessage } };

export const messageRoutes = [
  route({
    method: 'POST',
    path: '/v1/messages',
    summary: 'Sends a message; safe to retry with the same client_msg_id',
    params: none,
    query: none,
    body: Type.Object({
      channel_id: Id,
      text: Text,
      client_msg_id: ClientMsgId,
      thread_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
    responses: {
      201: { description: 'Stored.', schema: oneMessage },
      200: { description: 'A repeat: the same message.', schema: oneMessage },
    },
    handle: async (context, { caller, body }) => {
      const { message, created } = await send(context, caller, body);
      return { status: created ? 201 : 200, body: { message } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id/messages',
    summary: 'History of top-level messages, by message id',
    params: inChannel,
    query: Type.Object({
      limit: Limit,
      before: Type.Optional(Type.String()),
      after: Type.Optional(Type.String()),
      around: Type.Optional(Type.String()),
    }),
    responses: {
      200: {
        description: 'Oldest first.',
        schema: Type.Object({
          messages: Type.Array(Message),
          has_more_before: Type.Boolean(),
          has_more_after: Type.Boolean(),
          head: Head,
        }),
      },
    },
    handle: async (context, { caller, params, query }) => ({
      status: 200,
      body: await history(context, caller, params.channel_id, query),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id/messages/:message_id/thread',
    summary: 'A thread, root first',
    params: ofMessage,
    query: Type.Object({ limit: Limit, after: Type.Optional(Type.String()) }),
    responses: {
      200: {
        description: 'In order.',
        schema: Type.Object({
          messages: Type.Array(Message),
          has_more_after: Type.Boolean(),
          participants: Type.Array(Id),
          last_read_id: Type.Union([Type.String(), Type.Null()]),
        }),
      },
    },
    handle: async (context, { caller, params, query }) => ({
      status: 200,
      body: await thread(context, caller, params.channel_id, params.message_id, query),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/messages/:message_id/thread/read',
    summary: 'Moves one’s last-read of a thread forward to a reply',
    params: ofMessage,
    query: none,
    body: Type.Object({ message_id: Type.String() }),
    responses: { 200: { description: 'Where one stands now.', schema: ThreadReadState } },
    handle: async (context, { caller, params: { channel_id, message_id: thread_id }, body: { message_id } }) => ({
      status: 200,
      body: await markThreadRead(context, caller, { channel_id, thread_id, message_id }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id/messages/:message_id/edits',
    summary: 'Earlier texts of a message: its author, admins and owners',
    params: ofMessage,
    query: none,
    responses: {
      200: {
        description: 'The newest first, at most 200; none of a deleted message.',
        schema: Type.Object({
          versions: Type.Array(Type.Object({ rev: Type.Integer(), text: Type.String(), written_at: Time })),
        }),
      },
    },
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await edits(context, caller, params.channel_id, params.message_id),
    }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/channels/:channel_id/messages/:message_id',
    summary: 'Edits one’s own message',
    params: ofMessage,
    query: none,
    body: Type.Object({ text: Text }),
    responses: changed,
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await change(context, caller, 'edit', { ...params, ...body }),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/channels/:channel_id/messages/:message_id',
    summary: 'Deletes a message; it keeps its place',
    params: ofMessage,
    query: none,
    responses: changed,
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await change(context, caller, 'delete', params),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/messages/:message_id/reactions/:emoji',
    summary: 'Adds one’s reaction',
    params: withEmoji,
    query: none,
    responses: changed,
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await change(context, caller, 'react', params),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/channels/:channel_id/messages/:message_id/reactions/:emoji',
    summary: 'Takes one’s reaction back',
    params: withEmoji,
    query: none,
    responses: changed,
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await change(context, caller, 'unreact', params),
    }),
  }),
];
