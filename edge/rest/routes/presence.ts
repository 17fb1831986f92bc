import { Type } from '@sinclair/typebox';
import { presence, setPresence } from '../../calls/presence.ts';
import { limits } from '../../limits.ts';
import { Id, Time } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const none = Type.Object({});
const Status = Type.Union([
  Type.Literal('online'),
  Type.Literal('away'),
  Type.Literal('busy'),
  Type.Literal('offline'),
]);
const states = {
  200: {
    description: 'In the order asked for; unknown people are offline.',
    schema: Type.Object({
      presence: Type.Array(
        Type.Object({
          user_id: Id,
          status: Status,
          last_active_at: Type.Optional(Time),
          until: Type.Optional(Time),
        }),
      ),
    }),
  },
};

export const presenceRoutes = [
  route({
    method: 'GET',
    path: '/v1/presence',
    summary: 'Presence of people',
    params: none,
    query: Type.Object({ user_id: Type.Array(Id, { minItems: 1, maxItems: limits.page }) }),
    responses: states,
    handle: async (context, { caller, query }) => ({
      status: 200,
      body: await presence(context, caller, query.user_id),
    }),
  }),
  route({
    method: 'PUT',
    path: '/v1/presence',
    summary: 'Sets one’s own presence, until a time if wished; online ends what was set',
    params: none,
    query: none,
    body: Type.Object({
      status: Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy')]),
      until: Type.Optional(Time),
    }),
    responses: states,
    handle: async (context, { caller, body }) => ({
      status: 200,
      body: await setPresence(context, caller, body.status, body.until),
    }),
  }),
];
