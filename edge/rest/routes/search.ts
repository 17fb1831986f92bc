import { Type } from '@sinclair/typebox';
import { search } from '../../calls/search.ts';
import { Cursor, Id, Limit, Message } from '../../wire/schemas.ts';
import { route } from '../route.ts';

export const searchRoutes = [
  route({
    method: 'GET',
    path: '/v1/search',
    summary: 'Full text over the channels that one may read',
    params: Type.Object({}),
    query: Type.Object({
      q: Type.Optional(
        Type.String({
          maxLength: 1000,
          description: 'in:#name from:@name before:DATE after:DATE has:link "phrase" -word pre*',
        }),
      ),
      channel_id: Type.Optional(Id),
      from: Type.Optional(Type.String({ maxLength: 128 })),
      before: Type.Optional(Type.String()),
      after: Type.Optional(Type.String()),
      has: Type.Optional(Type.Literal('link')),
      sort: Type.Optional(Type.Union([Type.Literal('relevance'), Type.Literal('newest')])),
      limit: Limit,
      cursor: Cursor,
    }),
    responses: {
      200: {
        description: 'Highlights are HTML-escaped but for <em>.',
        schema: Type.Object({
          hits: Type.Array(
            Type.Object({ message: Message, highlights: Type.Array(Type.String()), score: Type.Number() }),
          ),
          total: Type.Integer(),
          next_cursor: Type.Union([Type.String(), Type.Null()]),
          suggestion: Type.Optional(Type.String()),
        }),
      },
    },
    handle: async (context, { caller, query }) => ({ status: 200, body: await search(context, caller, query) }),
  }),
];
