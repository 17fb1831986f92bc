import { Kind, Type } from '@sinclair/typebox';
import { MillraceError } from '../../../platform/errors/error.ts';
import type { ImportItem } from '../../calls/import-items.ts';
import { imports } from '../../calls/imports.ts';
import { limits } from '../../limits.ts';
import { allowInWorkspace } from '../../policy.ts';
import { ChannelType, ClientMsgId, Id, Posting, Role, Time } from '../../wire/schemas.ts';
import { checker, route } from '../route.ts';

const none = Type.Object({});

const kinds = {
  user: Type.Object({
    type: Type.Literal('user'),
    user_id: Id,
    name: Type.String({ maxLength: 200 }),
    email: Type.Optional(Type.String()),
    role: Type.Optional(Role),
    deactivated: Type.Optional(Type.Boolean()),
  }),
  channel: Type.Object({
    type: Type.Literal('channel'),
    channel_id: Id,
    name: Type.String({ minLength: 1, maxLength: limits.channel_name_characters }),
    channel_type: ChannelType,
    topic: Type.Optional(Type.String({ maxLength: limits.topic_characters })),
    archived: Type.Optional(Type.Boolean()),
    posting: Type.Optional(Posting),
    creator_id: Id,
    members: Type.Array(Id, { maxItems: limits.channel_members }),
    created_at: Time,
  }),
  message: Type.Object({
    type: Type.Literal('message'),
    channel_id: Id,
    user_id: Id,
    text: Type.String(),
    client_msg_id: ClientMsgId,
    thread_client_msg_id: Type.Optional(Type.Union([ClientMsgId, Type.Null()])),
    created_at: Time,
    edited_at: Type.Optional(Type.Union([Time, Type.Null()])),
    reactions: Type.Optional(Type.Array(Type.Object({ emoji: Type.String(), user_ids: Type.Array(Id) }))),
  }),
};
/** Described as what it must be, and let through whatever it is: each item has a result of its own. */
const Item = Type.Unsafe<unknown>({ ...Type.Union(Object.values(kinds)), [Kind]: 'Unknown' });

const checks = new Map(Object.entries(kinds).map(([type, schema]) => [type, checker(schema, 'item')]));

function readItem(item: unknown): ImportItem {
  const check = checks.get((item as { type: string } | null)?.type ?? '');
  if (!check) throw new MillraceError('invalid_request', `type: must be one of ${[...checks.keys()].join(', ')}`);
  return check(item) as ImportItem;
}

export const importRoutes = [
  route({
    method: 'POST',
    path: '/v1/imports',
    summary: 'Takes people, channels and messages with their own authors and times',
    params: none,
    query: none,
    unlimited: true,
    before: (caller) => allowInWorkspace('import', caller),
    body: Type.Object({ items: Type.Array(Item, { minItems: 1, maxItems: limits.import_items }) }),
    responses: {
      200: {
        description: 'A result for each item, in order.',
        schema: Type.Object({
          results: Type.Array(
            Type.Object({
              status: Type.Union([Type.Literal('created'), Type.Literal('exists'), Type.Literal('failed')]),
              id: Type.Optional(Type.String()),
              code: Type.Optional(Type.String()),
              detail: Type.Optional(Type.String()),
            }),
          ),
        }),
      },
    },
    handle: async (context, { caller, body }) => ({
      status: 200,
      body: await imports(context, caller, body.items, readItem),
    }),
  }),
];
