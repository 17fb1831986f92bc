import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../../../platform/errors/error.ts';
import type { Chosen } from '../../dead-letters/dead-letters.ts';
import type { LetterFilter } from '../../dead-letters/filter.ts';
import type { AdminRoute } from '../route.ts';

const MostListed = Type.Integer({ minimum: 1, maximum: 1000, default: 1000 });

const Filter = Type.Object(
  {
    topology: Type.Optional(Type.String()),
    node: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    cause: Type.Optional(Type.String()),
    key: Type.Optional(Type.String()),
    since_ms: Type.Optional(Type.Number({ minimum: 0 })),
    resolved: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const Body = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: 20_000 })),
    filter: Type.Optional(Filter),
    value: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** Dead letters hold what people wrote: like taps, they are for operators alone. */
export const deadLetterRoutes: AdminRoute[] = [
  {
    method: 'GET',
    path: '/dead-letters',
    doc: 'Dead letters, oldest first, the newest `limit` (1,000). Query: topology, node, code, cause, key, since_ms, resolved; group=true: by reason.',
    run: async ({ deadLetters }, { query }) => {
      const filter = filterOf(query);
      return query.get('group') === 'true'
        ? { groups: await deadLetters.groups(filter) }
        : deadLetters.list(filter, limitOf(query));
    },
  },
  {
    method: 'GET',
    path: '/dead-letters/:id',
    doc: 'One dead letter with its value, or why it can not be read.',
    run: ({ deadLetters }, { params }) => deadLetters.show(idOf(params['id']!)),
  },
  {
    method: 'POST',
    path: '/dead-letters/redrive',
    doc: 'Sends letters back into their topologies. Body: ids, or filter; with one id also value, another one than it had.',
    run: async ({ deadLetters }, { body }) => {
      const { value, chosen } = chosenBy(body);
      if (value !== undefined && !('ids' in chosen && chosen.ids.length === 1))
        throw new MillraceError('invalid_request', 'value: is for one letter, named by its id');
      return { redriven: await deadLetters.redrive(chosen, value === undefined ? undefined : { value }) };
    },
  },
  {
    method: 'POST',
    path: '/dead-letters/drop',
    doc: 'Marks letters as done with. Body: ids, or filter.',
    run: async ({ deadLetters }, { body }) => ({ dropped: await deadLetters.drop(chosenBy(body).chosen) }),
  },
];

function chosenBy(body: unknown): { chosen: Chosen; value: unknown } {
  const [error] = Value.Errors(Body, body ?? {});
  if (error) throw new MillraceError('invalid_request', `body${error.path.replaceAll('/', '.')}: ${error.message}`);
  const { ids, filter, value } = (body ?? {}) as Static<typeof Body>;
  if ((ids === undefined) === (filter === undefined))
    throw new MillraceError('invalid_request', 'body: must have either ids or filter');
  return { chosen: ids ? { ids } : { filter: filter as LetterFilter }, value };
}

function filterOf(query: URLSearchParams): LetterFilter {
  const { group: _, limit: __, ...texts } = Object.fromEntries(query);
  const filter = Value.Convert(Filter, texts);
  const [error] = Value.Errors(Filter, filter);
  if (error) throw new MillraceError('invalid_request', `${error.path.slice(1)}: ${error.message}`);
  return filter as LetterFilter;
}

function limitOf(query: URLSearchParams): number {
  const limit = Value.Convert(MostListed, query.get('limit') ?? MostListed['default']);
  if (!Value.Check(MostListed, limit)) throw new MillraceError('invalid_request', 'limit: must be from 1 to 1000');
  return limit;
}

function idOf(text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 0) throw new MillraceError('invalid_request', `id: "${text}" is none`);
  return id;
}
