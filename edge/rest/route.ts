import { isUtf8 } from 'node:buffer';
import type { Static, TObject, TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { ValueError } from '@sinclair/typebox/errors';
import { MillraceError } from '../../platform/errors/error.ts';
import type { CallContext, Caller } from '../calls/context.ts';
import { unkeptIn } from '../calls/text.ts';

export interface Reply {
  status: number;
  body?: unknown;
}

export interface RouteRequest<Params, Query, Body> {
  caller: Caller;
  params: Params;
  query: Query;
  body: Body;
  /** The Idempotency-Key header. */
  idempotency_key: string | undefined;
}

/** One call of the contract: what validates it also describes it in /v1/openapi.json. */
export interface RouteSpec<Params extends TObject, Query extends TObject, Body extends TSchema> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With :params. */
  path: string;
  summary: string;
  params: Params;
  query: Query;
  body?: Body;
  /** The call is outside the rate limit. */
  unlimited?: boolean;
  /** Runs before the body is looked at, its size too. */
  before?(caller: Caller): void;
  /** Each success by status; errors are the same for all. */
  responses: { [status: number]: { description: string; schema?: TSchema } };
  handle(context: CallContext, request: RouteRequest<Static<Params>, Static<Query>, Static<Body>>): Promise<Reply>;
}

/** A route ready to run on raw input. */
export interface Route {
  spec: RouteSpec<TObject, TObject, TSchema>;
  run(context: CallContext, caller: Caller, raw: RawRequest): Promise<Reply>;
}

export interface RawRequest {
  params: { [name: string]: string | undefined };
  query: URLSearchParams;
  body: Buffer;
  idempotency_key: string | undefined;
}

export function route<Params extends TObject, Query extends TObject, Body extends TSchema>(
  spec: RouteSpec<Params, Query, Body>,
): Route {
  const checkParams = checker(spec.params, 'path');
  const checkQuery = checker(spec.query, 'query');
  const checkBody = spec.body && checker(spec.body, 'body');
  return {
    spec: spec as unknown as Route['spec'],
    run: async (context, caller, raw) => {
      const params = checkParams(raw.params) as Static<Params>;
      const query = checkQuery(queryObject(spec.query, raw.query)) as Static<Query>;
      const body = (checkBody ? checkBody(parseJson(raw.body)) : undefined) as Static<Body>;
      return spec.handle(context, { caller, params, query, body, idempotency_key: raw.idempotency_key });
    },
  };
}

/** Checks a value; the error names the field, the reason and where it was. */
export function checker(schema: TSchema, where: string): (value: unknown) => unknown {
  const compiled = TypeCompiler.Compile(schema);
  return (value) => {
    if (compiled.Check(value)) {
      const detail = unkept(schema, value);
      if (detail === undefined) return value;
      throw new MillraceError('invalid_request', detail);
    }
    const { error, orNull } = firstOf(compiled.Errors(value).First()!);
    const field = error.path.slice(1).replaceAll('/', '.') || where;
    const choices = (error.schema['anyOf'] as { const?: unknown }[] | undefined)?.flatMap(
      (variant) => variant.const ?? [],
    );
    const reason =
      choices && choices.length > 0
        ? `must be one of ${choices.join(', ')}`
        : error.message.replace(/^./, (first) => first.toLowerCase());
    throw new MillraceError('invalid_request', `${field}: ${reason}${orNull}`);
  };
}

/** Of what may also be null, the error of what it else must be: that it fits no part of a union helps nobody. */
function firstOf(error: ValueError): { error: ValueError; orNull: string } {
  const variants = (error.schema['anyOf'] as TSchema[] | undefined) ?? [];
  const other = variants.findIndex(({ type }) => type !== 'null');
  if (variants.length !== 2 || !variants.some(({ type }) => type === 'null')) return { error, orNull: '' };
  const inner = error.errors[other]?.First() ?? error;
  return { error: inner, orNull: inner.path === error.path ? ', or null' : '' };
}

/**
 * What a checked value holds that no store keeps, and where. It goes where the schema goes, however deep the rest is. A frame's own
 * `id` is any string, and not kept.
 */
function unkept(schema: TSchema, value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') {
    const held = path === 'id' ? undefined : unkeptIn(value);
    return held && `${path}: ${held}`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name in value) {
    const known: TSchema | undefined = Array.isArray(value) ? schema['items'] : schema['properties']?.[name];
    const part = (value as { [name: string]: unknown })[name];
    const found = known && unkept(known, part, path ? `${path}.${name}` : name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Repeated parameters become a list where the schema wants one; unknown ones are left out. What can't be the wanted type stays text, which the check then refuses. */
function queryObject(schema: TObject, query: URLSearchParams): { [name: string]: unknown } {
  const found: { [name: string]: unknown } = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const values = query.getAll(name);
    if (values.length > 0)
      found[name] = property['type'] === 'array' ? values : readValue(property['type'], values.at(-1)!);
  }
  return found;
}

function readValue(type: unknown, text: string): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new MillraceError('invalid_request', 'body: is empty; it must be a JSON object');
  // Read all the same it would be stored with other signs than were sent.
  if (!isUtf8(body)) throw new MillraceError('invalid_request', 'body: is not valid UTF-8');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's message would quote the body, which may be private.
    throw new MillraceError('invalid_request', 'body: is not valid JSON');
  }
}
