import { MessageTimes } from '../../edge/slack/message-times.ts';
import type { ChannelRecord, Directory } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import { eachOf } from '../each-of.ts';
import { ChannelMessages } from './channel-messages.ts';
import type { ExportRecord, ExportRequest } from './records.ts';

export interface ExportParts {
  directory: Directory;
  store: MessageStore;
}

const page = 200;
/** The store's bound on heads in one question. */
const headsAtOnce = 1000;

/**
 * What a workspace holds, as it is read: what changes meanwhile may be in it or not. Held in memory: one page of messages
 * and the ids of one channel's members. Ends early, without its `end`, once the signal aborts. Error: `not_found` for an
 * unknown workspace or person.
 */
export async function* exportRecords(
  parts: ExportParts,
  request: ExportRequest,
  signal: AbortSignal,
): AsyncGenerator<ExportRecord> {
  yield { kind: 'begin', roots: await countRoots(parts, request) };
  yield* people(parts, request);
  // Only ids are asked after their ts here, never a ts after its id: for that alone it needs the partitions.
  const times = new MessageTimes(parts.store, 1, false);
  let roots = 0;
  for await (const channel of channels(parts.directory, request)) {
    for await (const record of channelRecords(parts, times, channel, request)) {
      if (signal.aborted) return;
      if (record.kind === 'progress') roots += record.roots;
      yield record.kind === 'progress' ? { kind: 'progress', roots } : record;
    }
  }
  yield { kind: 'end' };
}

async function* people({ directory }: ExportParts, { workspace_id, user_id }: ExportRequest) {
  if (user_id !== undefined) {
    const user = await directory.user({ workspace_id, user_id });
    if (!user) throw new MillraceError('not_found', `there is no ${user_id} in the workspace ${workspace_id}`);
    yield { kind: 'user', user } as const;
    return;
  }
  let known = false;
  for await (const user of eachOf((cursor) => directory.users(workspace_id, { cursor, limit: page }))) {
    known = true;
    yield { kind: 'user', user } as const;
  }
  if (!known) throw new MillraceError('not_found', `there is no workspace ${workspace_id}, or nobody in it`);
}

function channels(directory: Directory, request: ExportRequest): AsyncGenerator<ChannelRecord> {
  return eachOf(
    (cursor) => directory.everyChannel(request.workspace_id, { cursor, limit: page }),
    // A person's own data is theirs wherever it lies.
    ({ type }) => type === 'public' || request.private || request.user_id !== undefined,
  );
}

async function countRoots({ directory, store }: ExportParts, request: ExportRequest): Promise<number> {
  let roots = 0;
  let ids: string[] = [];
  const count = async (): Promise<void> => {
    for (const head of await store.heads(request.workspace_id, ids)) roots += head.seq;
    ids = [];
  };
  for await (const { channel_id } of channels(directory, request))
    if (ids.push(channel_id) >= headsAtOnce) await count();
  await count();
  return roots;
}

/** A channel and its messages; of one person's, only where there is something of theirs. */
async function* channelRecords(
  { directory, store }: ExportParts,
  times: MessageTimes,
  channel: ChannelRecord,
  { workspace_id, user_id }: ExportRequest,
): AsyncGenerator<ExportRecord> {
  const { channel_id } = channel;
  let members: string[];
  if (user_id === undefined) {
    members = [];
    const list = eachOf((cursor) => directory.members(workspace_id, channel_id, { cursor, limit: page }));
    for await (const member of list) members.push(member.user_id);
  } else members = await directory.membersAmong(workspace_id, channel_id, [user_id]);
  const head = { kind: 'channel', channel, members } as const;
  let told = user_id === undefined || members.length > 0;
  if (told) yield head;
  for await (const record of new ChannelMessages(store, times, { workspace_id, channel_id }, user_id).read()) {
    if (!told && record.kind !== 'progress') {
      told = true;
      yield head;
    }
    yield record;
  }
}
