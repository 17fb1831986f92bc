import { Type } from '@sinclair/typebox';
import { markAllRead, markRead, markUnread, unreads } from '../../calls/unreads.ts';
import { Id, ReadState } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});

const Unreads = Type.Object({
  channels: Type.Array(
    Type.Object({
      channel_id: Id,
      last_seq: Type.Integer(),
      last_read_seq: Type.Integer(),
      unread: Type.Integer(),
      mentions: Type.Integer(),
    }),
  ),
  total_unread: Type.Integer(),
  total_mentions: Type.Integer(),
});

export const readingRoutes = [
  route({
    method: 'GET',
    path: '/v1/unreads',
    summary: 'Unread messages and mentions of each of one’s channels',
    params: none,
    query: none,
    responses: {
      200: {
        description: 'Unread is head.seq − last_read_seq.',
        schema: Unreads,
      },
    },
    handle: async (context, { caller }) => ({ status: 200, body: await unreads(context, caller) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/unreads/read',
    summary: 'Reads all of one’s channels up to their heads',
    params: none,
    query: none,
    responses: { 200: { description: 'As GET /v1/unreads.', schema: Unreads } },
    handle: async (context, { caller }) => ({ status: 200, body: await markAllRead(context, caller) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/unread',
    summary: 'Makes a message and all behind it unread; what lies before it counts as read',
    params: Type.Object({ channel_id: Id }),
    query: none,
    body: Type.Object({ seq: Type.Integer({ minimum: 1 }) }),
    responses: { 200: { description: 'Where one stands now.', schema: ReadState } },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await markUnread(context, caller, params.channel_id, body.seq),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/read',
    summary: 'Moves last-read forward, at most to the head',
    params: Type.Object({ channel_id: Id }),
    query: none,
    body: Type.Object({ seq: Type.Integer({ minimum: 0 }) }),
    responses: { 200: { description: 'Where one stands now.', schema: ReadState } },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await markRead(context, caller, params.channel_id, body.seq),
    }),
  }),
];
