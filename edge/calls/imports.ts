import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { Append } from '../../platform/log/port.ts';
import type { ImportMessage, MessageCommand, ThreadRoot } from '../../schemas/generated/types.ts';
import type { Outcome } from '../gateway/requests.ts';
import { limits } from '../limits.ts';
import { timeOf } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';
import { importAccess } from './import-access.ts';
import { importChannel, importUser } from './import-directory.ts';
import type { ImportedMessage, ImportedUser, ImportItem, ImportResult } from './import-items.ts';
import { membersAmong } from './members-among.ts';
import { checkEmoji, checkLength, mentionedAmong, mentionsChannel, namedPeople } from './text.ts';

/** An item, and where it stands in the call. */
interface At<Item> {
  item: Item;
  at: number;
}

/** Takes items in order; each has a result of its own, so that one bad item stops no other. */
export async function imports(
  context: CallContext,
  caller: Caller,
  items: unknown[],
  /** Throws for what is no item. */
  read: (item: unknown) => ImportItem,
): Promise<{ results: ImportResult[] }> {
  const results: ImportResult[] = new Array(items.length);
  const readable: At<ImportItem>[] = [];
  for (const [at, item] of items.entries()) {
    try {
      readable.push({ item: read(item), at });
    } catch (error) {
      results[at] = failure(error);
    }
  }
  for (const run of runsOf(readable)) {
    const [first] = run;
    if (first!.item.type === 'message') await importMessages(context, caller, run as At<ImportedMessage>[], results);
    else if (first!.item.type === 'user') await importUsers(context, caller, run as At<ImportedUser>[], results);
    else results[first!.at] = await result(importChannel(context, caller, first!.item));
  }
  return { results };
}

/** Items one after the other that can be taken at once: messages, or people each of whom is there once. */
function runsOf(items: At<ImportItem>[]): At<ImportItem>[][] {
  const runs: At<ImportItem>[][] = [];
  let people = new Set<string>();
  for (const { item, at } of items) {
    const last = runs.at(-1) ?? [];
    const fits = last.at(-1)?.item.type === item.type && item.type !== 'channel';
    const again = item.type === 'user' && people.has(item.user_id);
    if (fits && !again) last.push({ item, at });
    else {
      runs.push([{ item, at }]);
      people = new Set();
    }
    if (item.type === 'user') people.add(item.user_id);
  }
  return runs;
}

/** People share their questions to the directory, and its commits. */
async function importUsers(
  context: CallContext,
  caller: Caller,
  run: At<ImportedUser>[],
  results: ImportResult[],
): Promise<void> {
  const { workspace_id } = caller;
  const ids = run.map(({ item }) => item.user_id);
  const known = new Set((await context.directory.usersById(workspace_id, ids)).map((user) => user.user_id));
  await Promise.all(
    run.map(async ({ item, at }) => {
      results[at] = await result(importUser(context, caller, item, known.has(item.user_id)));
    }),
  );
}

/** A run of messages goes to the log in one call, so that hundreds share a commit. */
async function importMessages(
  context: CallContext,
  caller: Caller,
  run: At<ImportedMessage>[],
  results: ImportResult[],
): Promise<void> {
  const { workspace_id } = caller;
  const authors = new Set(
    (await context.directory.usersById(workspace_id, [...new Set(run.map(({ item }) => item.user_id))])).map(
      (user) => user.user_id,
    ),
  );
  const appends: Append[] = [];
  const waiting: Promise<void>[] = [];
  for (const [channelId, messages] of groupByChannel(run)) {
    const access = await importAccess(context, caller, channelId);
    const known = await lookUp(
      context,
      caller,
      channelId,
      messages.map(({ item }) => item),
    );
    const named = [...new Set(messages.flatMap(({ item }) => namedPeople(item.text)))];
    const members = new Set(await membersAmong(context, caller, channelId, named));
    for (const { item, at } of messages) {
      try {
        if (!access) throw new MillraceError('not_found', 'channel_id: there is no such channel: import it first');
        if (!authors.has(item.user_id))
          throw new MillraceError('not_found', 'user_id: there is no such person: import them first');
        const body = commandOf(item, known, members);
        const request = context.gateway.requests.open({ bulk: true });
        const value: MessageCommand = {
          workspace_id,
          channel_id: channelId,
          actor_id: caller.user_id,
          reply_to: request.reply_to,
          carried: null,
          home: null,
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
  const created_at = pastTime('created_at', item.created_at);
  const edited_at = item.edited_at == null ? null : pastTime('edited_at', item.edited_at);
  const reactions = item.reactions ?? [];
  for (const { emoji } of reactions) checkEmoji(emoji);
  if (reactions.reduce((sum, { user_ids }) => sum + user_ids.length, 0) > limits.imported_reactions)
    throw new MillraceError('invalid_request', `reactions: has more than ${limits.imported_reactions} in all`);
  const thread = item.thread_client_msg_id ?? null;
  return {
    user_id: item.user_id,
    text: item.text,
    client_msg_id: item.client_msg_id,
    thread_client_msg_id: thread,
    created_at,
    edited_at,
    mentions: mentionedAmong(item.text, members),
    mentions_channel: mentionsChannel(item.text),
    reactions,
    known_id: known.ids.get(item.client_msg_id) ?? null,
    root: thread === null ? null : (known.roots.get(thread) ?? null),
  };
}

function pastTime(field: string, text: string): number {
  const time = timeOf(field, text);
  if (time > Date.now() + 60_000) throw new MillraceError('invalid_request', `${field}: lies in the future`);
  return time;
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
