import { Type } from '@sinclair/typebox';
import { auditActions } from '../../../platform/directory/audit-actions.ts';
import { audit } from '../../calls/audit.ts';
import { limits } from '../../limits.ts';
import { Cursor, Id, Limit, Time } from '../../wire/schemas.ts';
import { route } from '../route.ts';

const Action = Type.Union(auditActions.map((name) => Type.Literal(name)));

export const auditRoutes = [
  route({
    method: 'GET',
    path: '/v1/audit',
    summary: 'Who changed what about people and channels: admins and owners',
    params: Type.Object({}),
    query: Type.Object({
      action: Type.Optional(Action),
      actor_id: Type.Optional(Id),
      channel_id: Type.Optional(Id),
      cursor: Cursor,
      limit: Limit,
    }),
    responses: {
      200: {
        description: 'The newest first.',
        schema: Type.Object({
          entries: Type.Array(
            Type.Object({
              audit_id: Type.String(),
              time: Time,
              actor_id: Id,
              action: Type.String(),
              channel_id: Type.Union([Id, Type.Null()]),
              user_ids: Type.Array(Id),
              changes: Type.Array(Type.Object({ field: Type.String(), before: Type.String(), after: Type.String() })),
              redacted: Type.Optional(
                Type.Literal(true, { description: 'Of a channel that one is not in: without names and members.' }),
              ),
            }),
          ),
          next_cursor: Type.Union([Type.String(), Type.Null()]),
        }),
      },
    },
    handle: async (context, { caller, query: { cursor, limit, ...filter } }) => ({
      status: 200,
      body: await audit(context, caller, filter, { cursor, limit: limit ?? limits.page_default }),
    }),
  }),
];
