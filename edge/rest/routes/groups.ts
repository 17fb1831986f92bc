import { Type } from '@sinclair/typebox';
import { deleteGroup, group, groups, putGroup } from '../../calls/groups.ts';
import { limits } from '../../limits.ts';
import { Cursor, Id, Limit } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});
const ofGroup = Type.Object({ group_id: Id });
const shown = { group_id: Id, name: Type.String(), member_count: Type.Integer() };
const oneGroup = Type.Object({ group: Type.Object({ ...shown, members: Type.Array(Id) }) });

export const groupRoutes = [
  route({
    method: 'GET',
    path: '/v1/groups',
    summary: 'Groups of one’s workspace, which a text mentions as <!group:id>',
    params: none,
    query: Type.Object({ cursor: Cursor, limit: Limit }),
    responses: {
      200: {
        description: 'By name.',
        schema: Type.Object({
          groups: Type.Array(Type.Object(shown)),
          next_cursor: Type.Union([Type.String(), Type.Null()]),
        }),
      },
    },
    handle: async (context, { caller, query: { cursor, limit } }) => ({
      status: 200,
      body: await groups(context, caller, { cursor, limit: limit ?? limits.page_default }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/groups/:group_id',
    summary: 'A group with its people',
    params: ofGroup,
    query: none,
    responses: { 200: { description: 'The group.', schema: oneGroup } },
    handle: async (context, { caller, params }) => ({
      status: 200,
      body: await group(context, caller, params.group_id),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/groups/:group_id',
    summary: 'Makes a group, or gives it another name and other people: admins and owners',
    params: ofGroup,
    query: none,
    body: Type.Object({ name: Type.String(), members: Type.Array(Id, { maxItems: limits.group_members }) }),
    responses: { 200: { description: 'The group as it is now.', schema: oneGroup } },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await putGroup(context, caller, params.group_id, body),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/groups/:group_id',
    summary: 'Deletes a group: admins and owners',
    params: ofGroup,
    query: none,
    responses: { 204: { description: 'Gone.' } },
    handle: async (context, { caller, params }) => {
      await deleteGroup(context, caller, params.group_id);
      return { status: 204 };
    },
  }),
];
