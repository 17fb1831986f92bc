import { Type } from '@sinclair/typebox';
import {
  addMember,
  changeChannel,
  channel,
  channels,
  createChannel,
  members,
  removeMember,
} from '../../calls/channels.ts';
import { limits } from '../../limits.ts';
import { Channel, ChannelType, Cursor, Id, Limit, Posting } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});
const inChannel = Type.Object({ channel_id: Id });
const ofMember = Type.Object({ channel_id: Id, user_id: Id });
const oneChannel = Type.Object({ channel: Channel });
const page = { cursor: Cursor, limit: Limit };

export const channelRoutes = [
  route({
    method: 'POST',
    path: '/v1/channels',
    summary: 'Creates a channel; the creator is a member',
    params: none,
    query: none,
    body: Type.Object({
      name: Type.Optional(Type.String()),
      type: ChannelType,
      members: Type.Optional(Type.Array(Id, { maxItems: limits.channel_members })),
    }),
    responses: {
      201: { description: 'Created.', schema: oneChannel },
      200: { description: 'It was there already: a dm between the same people, or a repeat.', schema: oneChannel },
    },
    handle: async (context, { caller, body, idempotency_key }) => {
      const { channel: made, created } = await createChannel(context, caller, body, idempotency_key);
      return { status: created ? 201 : 200, body: { channel: made } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/channels',
    summary: 'One’s own channels, or the public ones to join',
    params: none,
    query: Type.Object({ member: Type.Optional(Type.Boolean()), ...page }),
    responses: {
      200: {
        description: 'By name.',
        schema: Type.Object({ channels: Type.Array(Channel), next_cursor: Type.Union([Type.String(), Type.Null()]) }),
      },
    },
    handle: async (context, { caller, query }) => ({
      status: 200,
      body: await channels(context, caller, query.member ?? true, {
        cursor: query.cursor,
        limit: query.limit ?? limits.page_default,
      }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id',
    summary: 'A channel',
    params: inChannel,
    query: none,
    responses: { 200: { description: 'The channel.', schema: oneChannel } },
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await channel(context, caller, params.channel_id),
    }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/channels/:channel_id',
    summary: 'Renames, sets the topic, archives, un-archives, says who may post',
    params: inChannel,
    query: none,
    body: Type.Object({
      name: Type.Optional(Type.String()),
      topic: Type.Optional(Type.String({ maxLength: limits.topic_characters })),
      archived: Type.Optional(Type.Boolean()),
      posting: Type.Optional(Posting),
    }),
    responses: { 200: { description: 'The channel as it is now.', schema: oneChannel } },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await changeChannel(context, caller, params.channel_id, body),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/channels/:channel_id/members',
    summary: 'Members',
    params: inChannel,
    query: Type.Object(page),
    responses: {
      200: {
        description: 'By user id.',
        schema: Type.Object({
          members: Type.Array(Type.Object({ user_id: Id, role: Type.String() })),
          next_cursor: Type.Union([Type.String(), Type.Null()]),
        }),
      },
    },
    handle: async (context, { caller, params, query }) => ({
      status: 200,
      body: await members(context, caller, params.channel_id, {
        cursor: query.cursor,
        limit: query.limit ?? limits.page_default,
      }),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/channels/:channel_id/members/:user_id',
    summary: 'Joins, or invites someone',
    params: ofMember,
    query: none,
    responses: { 204: { description: 'A member now.' } },
    handle: async (context, { caller, params }) => {
      await addMember(context, caller, params.channel_id, params.user_id);
      return { status: 204 };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/channels/:channel_id/members/:user_id',
    summary: 'Leaves, or removes someone',
    params: ofMember,
    query: none,
    responses: { 204: { description: 'No member any more.' } },
    handle: async (context, { caller, params }) => {
      await removeMember(context, caller, params.channel_id, params.user_id);
      return { status: 204 };
    },
  }),
];
