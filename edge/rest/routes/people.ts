import { Type } from '@sinclair/typebox';
import { setDeactivated, user, users } from '../../calls/people.ts';
import { limits } from '../../limits.ts';
import { Cursor, Id, Limit, User } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});

export const peopleRoutes = [
  route({
    method: 'GET',
    path: '/v1/users/:user_id',
    summary: 'A person of one’s workspace',
    params: Type.Object({ user_id: Id }),
    query: none,
    responses: { 200: { description: 'The person.', schema: Type.Object({ user: User }) } },
    handle: async (context, { caller, params }) => ({ status: 200, body: await user(context, caller, params.user_id) }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/users/:user_id',
    summary: 'Ends a person’s access, or gives it back: admins and owners',
    params: Type.Object({ user_id: Id }),
    query: none,
    body: Type.Object({ deactivated: Type.Boolean() }),
    responses: {
      200: {
        description: 'The person as they are now. Where access ended, their sockets close with 4403 within a second.',
        schema: Type.Object({ user: User }),
      },
    },
    handle: async (context, { caller, params, body }) => ({
      status: 200,
      body: await setDeactivated(context, caller, params.user_id, body.deactivated),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/users',
    summary: 'People of one’s workspace',
    params: none,
    query: Type.Object({ prefix: Type.Optional(Type.String({ maxLength: 128 })), cursor: Cursor, limit: Limit }),
    responses: {
      200: {
        description: 'By name.',
        schema: Type.Object({ users: Type.Array(User), next_cursor: Type.Union([Type.String(), Type.Null()]) }),
      },
    },
    handle: async (context, { caller, query }) => ({
      status: 200,
      body: await users(context, caller, {
        prefix: query.prefix,
        cursor: query.cursor,
        limit: query.limit ?? limits.page_default,
      }),
    }),
  }),
];
