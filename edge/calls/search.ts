import { MillraceError } from '../../platform/errors/error.ts';
import { highlights } from '../../platform/search/highlight.ts';
import { parseQuery } from '../../platform/search/query.ts';
import type { Message } from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';
import { type WireMessage, wireMessage } from '../wire/message.ts';
import { timeOf } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';

export interface SearchRequest {
  q?: string | undefined;
  channel_id?: string | undefined;
  from?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  has?: 'link' | undefined;
  sort?: 'relevance' | 'newest' | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface SearchHit {
  message: WireMessage;
  highlights: string[];
  score: number;
}

/** Searches the channels that the caller may read. What the index finds is read from the store, as it is now. */
export async function search(context: CallContext, caller: Caller, request: SearchRequest) {
  const parsed = parseQuery(request.q ?? '');
  const readable = new Set(await context.directory.readableChannels(caller, caller.role === 'guest'));
  if (request.channel_id !== undefined && !readable.has(request.channel_id)) {
    throw new MillraceError('not_found', 'channel_id: there is no such channel');
  }
  const channels = await channelsOf(context, caller, readable, request.channel_id, parsed.in);
  const named = [...parsed.from, ...(request.from === undefined ? [] : [request.from])];
  const from = named.length === 0 ? undefined : await authors(context, caller, named);
  const before = earliest(parsed.before, timeIfGiven('before', request.before));
  const after = latest(parsed.after, timeIfGiven('after', request.after));
  const has_link = parsed.has_link === true || request.has === 'link';
  if (
    parsed.terms.length === 0 &&
    !from &&
    before === undefined &&
    after === undefined &&
    !has_link &&
    parsed.in.length === 0
  ) {
    throw new MillraceError('invalid_request', 'q: give a word or a filter to search for');
  }
  if (channels.length === 0 || from?.length === 0) return { hits: [], total: 0, next_cursor: null };
  const found = await context.search.search({
    workspace_id: caller.workspace_id,
    channel_ids: channels,
    terms: parsed.terms,
    from,
    before,
    after,
    has_link: has_link || undefined,
    sort: request.sort ?? 'relevance',
    limit: request.limit ?? limits.page_default,
    cursor: request.cursor,
  });
  const messages = await hydrate(context, caller, found.hits);
  const hits = found.hits.flatMap((hit): SearchHit[] => {
    const message = messages.get(`${hit.channel_id}\0${hit.message_id}`);
    // Deleted since it was indexed, or no longer readable: not for the caller's eyes.
    if (!message || message.deleted || !readable.has(hit.channel_id)) return [];
    const channel = { workspace_id: caller.workspace_id, channel_id: hit.channel_id };
    return [
      { message: wireMessage(channel, message), highlights: highlights(message.text, parsed.terms), score: hit.score },
    ];
  });
  const { total, next_cursor, suggestion } = found;
  return { hits, total, next_cursor, ...(suggestion === undefined ? {} : { suggestion }) };
}

async function channelsOf(
  context: CallContext,
  caller: Caller,
  readable: Set<string>,
  channelId: string | undefined,
  names: string[],
): Promise<string[]> {
  let ids = [...readable];
  if (channelId !== undefined) ids = [channelId];
  if (names.length === 0) return ids;
  const named = await Promise.all(names.map((name) => context.directory.channelByName(caller.workspace_id, name)));
  const wanted = new Set([...named.map((channel) => channel?.channel_id), ...names]);
  return ids.filter((id) => wanted.has(id));
}

/** Ids of the people with these names or ids. */
async function authors(context: CallContext, caller: Caller, names: string[]): Promise<string[]> {
  const known = await context.directory.usersById(caller.workspace_id, names);
  const found = new Set(known.map((user) => user.user_id));
  for (const name of names) {
    const { items } = await context.directory.users(caller.workspace_id, { prefix: name, limit: limits.page });
    for (const user of items) if (user.name.toLowerCase() === name.toLowerCase()) found.add(user.user_id);
  }
  return [...found];
}

async function hydrate(
  context: CallContext,
  caller: Caller,
  hits: { channel_id: string; message_id: string }[],
): Promise<Map<string, Message>> {
  const byChannel = new Map<string, string[]>();
  for (const { channel_id, message_id } of hits)
    byChannel.set(channel_id, [...(byChannel.get(channel_id) ?? []), message_id]);
  const messages = new Map<string, Message>();
  for (const [channel_id, ids] of byChannel) {
    for (const message of await context.store.messages({ workspace_id: caller.workspace_id, channel_id }, ids)) {
      messages.set(`${channel_id}\0${message.message_id}`, message);
    }
  }
  return messages;
}

function timeIfGiven(field: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : timeOf(field, text);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}
