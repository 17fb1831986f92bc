import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { Append } from '../../platform/log/port.ts';
import type { ImportMessage, MessageCommand, ThreadRoot } from '../../schemas/generated/types.ts';
import type { Outcome } from '../gateway/requests.ts';
import type { CallContext, Caller } from './context.ts';
import { importChannel, importUser } from './import-directory.ts';
import type { ImportedMessage, ImportItem, ImportResult } from './import-items.ts';
import { checkLength, mentionsChannel, namedPeople } from './text.ts';

/** Takes items in order; each has a result of its own, so that one bad item stops no other. */
export async function imports(
  context: CallContext,
  caller: Caller,
  items: ImportItem[],
): Promise<{ results: ImportResult[] }> {
  const results: ImportResult[] = new Array(items.length);
  let run: number[] = [];
  const flush = async (): Promise<void> => {
    await importMessages(
      context,
      caller,
      run.map((i) => ({ item: items[i] as ImportedMessage, at: i })),
      results,
    );
    run = [];
  };
  for (const [i, item] of items.entries()) {
    if (item.type === 'message') {
      run.push(i);
      continue;
    }
    await flush();
    results[i] = await result(
      item.type === 'user' ? importUser(context, caller, item) : importChannel(context, caller, item),
    );
  }
  await flush();
  return { results };
}

export function requireImporter(caller: Caller): void {
  if (caller.role !== 'admin' && caller.role !== 'owner')
    throw new MillraceError('forbidden', 'imports are for admins and owners');
}

/** A run of messages goes to the log in one call, so that hundreds share a commit. */
async function importMessages(
  context: CallContext,
  caller: Caller,
  run: { item: ImportedMessage; at: number }[],
  results: ImportResult[],
): Promise<void> {
  if (run.length === 0) return;
  const { workspace_id } = caller;
  const authors = new Set(
    (await context.directory.usersById(workspace_id, [...new Set(run.map(({ item }) => item.user_id))])).map(
      (user) => user.user_id,
    ),
  );
  const appends: Append[] = [];
  const waiting: Promise<void>[] = [];
  for (const [channelId, messages] of groupByChannel(run)) {
    const access = await context.directory.access(caller, channelId);
    const known = await lookUp(
      context,
      caller,
      channelId,
      messages.map(({ item }) => item),
    );
    const members = new Set(
      await context.directory.membersAmong(workspace_id, channelId, mentionedIn(messages.map(({ item }) => item))),
    );
    for (const { item, at } of messages) {
      try {
        if (!access) throw new MillraceError('not_found', 'channel_id: there is no such channel: import it first');
        if (!authors.has(item.user_id))
          throw new MillraceError('not_found', 'user_id: there is no such person: import them first');
        const body = commandOf(item, known, members);
        const request = context.gateway.requests.open();
        const value: MessageCommand = {
          workspace_id,
          channel_id: channelId,
          actor_id: caller.user_id,
          reply_to: request.reply_to,
          trace_id: caller.trace_id,
          body: { ImportMessage: body },
        };
        appends.push({
          topic: 'message_commands',
          key: channelKey(workspace_id, channelId),
          schema: 'MessageCommand',
          value,
        });
        waiting.push(
          result(request.outcome.then(statusOf)).then((done) => {
            results[at] = done;
          }),
        );
      } catch (error) {
        results[at] = failure(error);
      }
    }
  }
  if (appends.length > 0) await context.log.append(appends);
  await Promise.all(waiting);
}

interface KnownMessages {
  ids: Map<string, string>;
  roots: Map<string, ThreadRoot>;
}

/** What the store knows of a run's identities and of its threads' roots. */
async function lookUp(
  context: CallContext,
  caller: Caller,
  channelId: string,
  items: ImportedMessage[],
): Promise<KnownMessages> {
  const channel = { workspace_id: caller.workspace_id, channel_id: channelId };
  const own = items.map((item) => item.client_msg_id);
  const threads = [...new Set(items.flatMap((item) => item.thread_client_msg_id ?? []))];
  const found = await context.store.identities(channel, own);
  const foundRoots = await context.store.identities(channel, threads);
  const ids = new Map<string, string>();
  own.forEach((identity, i) => {
    const known = found[i];
    if (known) ids.set(identity, known.message_id);
  });
  const roots = new Map<string, ThreadRoot>();
  for (const [i, identity] of threads.entries()) {
    const known = foundRoots[i];
    const root = known && (await context.store.message(channel, known.thread_id ?? known.message_id));
    if (root) roots.set(identity, { message_id: root.message_id, seq: root.seq, reply_count: root.reply_count });
  }
  return { ids, roots };
}

function commandOf(item: ImportedMessage, known: KnownMessages, members: Set<string>): ImportMessage {
  checkLength(item.text, 'text');
  if (item.text.includes('\0') || !item.text.isWellFormed())
    throw new MillraceError('invalid_request', 'text: holds a NUL or half of a surrogate pair');
  const created_at = Date.parse(item.created_at);
  if (Number.isNaN(created_at)) throw new MillraceError('invalid_request', 'created_at: must be an RFC 3339 time');
  if (created_at > Date.now() + 60_000) throw new MillraceError('invalid_request', 'created_at: lies in the future');
  const thread = item.thread_client_msg_id ?? null;
  return {
    user_id: item.user_id,
    text: item.text,
    client_msg_id: item.client_msg_id,
    thread_client_msg_id: thread,
    created_at,
    mentions: namedPeople(item.text).filter((user) => members.has(user)),
    mentions_channel: mentionsChannel(item.text),
    reactions: item.reactions ?? [],
    known_id: known.ids.get(item.client_msg_id) ?? null,
    root: thread === null ? null : (known.roots.get(thread) ?? null),
  };
}

function mentionedIn(items: ImportedMessage[]): string[] {
  return [...new Set(items.flatMap((item) => namedPeople(item.text)))].slice(0, 1000);
}

function statusOf(outcome: Outcome): ImportResult {
  if ('event' in outcome && 'MessageChanged' in outcome.event.body) {
    return { status: 'created', id: outcome.event.body.MessageChanged.message.message_id };
  }
  return 'unchanged' in outcome ? { status: 'exists', id: outcome.unchanged.message_id } : { status: 'exists' };
}

async function result(work: Promise<ImportResult>): Promise<ImportResult> {
  try {
    return await work;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): ImportResult {
  if (error instanceof MillraceError) return { status: 'failed', code: error.code, detail: error.detail };
  throw error;
}

/** Map.groupBy came with Node 21; this code runs on 20. */
function groupByChannel<Run extends { item: ImportedMessage }>(run: Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const entry of run) {
    const group = groups.get(entry.item.channel_id);
    if (group) group.push(entry);
    else groups.set(entry.item.channel_id, [entry]);
  }
  return groups;
}
