import { randomUUID } from 'node:crypto';
import type { Page, PageRequest } from '../../platform/directory/page.ts';
import type { Access, ChannelChange, ChannelRecord } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { personKey } from '../../platform/keys.ts';
import type { ChannelType, ReplyTo } from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';
import { allow, allowInWorkspace } from '../policy.ts';
import { type WireChannel, wireChannel } from '../wire/message.ts';
import { atHome } from './at-home.ts';
import type { CallContext, Caller } from './context.ts';

/** Imports alone may go past these: what a team had, it keeps. */
const memberBounds = { members: limits.channel_members, channels: limits.channels };

export interface CreateChannel {
  name?: string | undefined;
  type: ChannelType;
  members?: string[] | undefined;
  topic?: string | undefined;
}

/** `created` is false for a dm that is there already, and for a repeat with the same idempotency key. */
export async function createChannel(
  context: CallContext,
  caller: Caller,
  request: CreateChannel,
  idempotencyKey: string | undefined,
): Promise<{ channel: WireChannel; created: boolean }> {
  allowInWorkspace('create_channel', caller);
  const members = [...new Set([caller.user_id, ...(request.members ?? [])])];
  const name = request.type === 'dm' ? '' : checkName(request.name);
  if (request.type === 'dm' && members.length > 9)
    throw new MillraceError('invalid_request', 'members: a dm has at most 9 people; make a group');
  const { channel, created } = await changeDirectory(context, caller, undefined, (reply_to) =>
    context.directory.createChannel(
      {
        workspace_id: caller.workspace_id,
        channel_id: randomUUID(),
        user_id: caller.user_id,
        name,
        type: request.type,
        members,
        created_at: Date.now(),
        idempotency_key: idempotencyKey,
      },
      { actor_id: caller.user_id, reply_to, trace_id: caller.trace_id },
      memberBounds,
    ),
  );
  const [withHead] = await withHeads(context, [channel]);
  return { channel: withHead!, created };
}

export async function channels(context: CallContext, caller: Caller, member: boolean, page: PageRequest) {
  if (!member && caller.role === 'guest') return { channels: [], next_cursor: null };
  const { items, next_cursor }: Page<ChannelRecord> = await context.directory.channels(caller, member, page);
  return { channels: await withHeads(context, items), next_cursor };
}

export async function channel(
  context: CallContext,
  caller: Caller,
  channelId: string,
): Promise<{ channel: WireChannel }> {
  const access = allow('read', await context.access.of(caller, channelId), caller);
  const [found] = await withHeads(context, [access.channel]);
  return { channel: found! };
}

export async function changeChannel(
  context: CallContext,
  caller: Caller,
  channelId: string,
  change: ChannelChange,
): Promise<{ channel: WireChannel }> {
  const access = await context.access.of(caller, channelId);
  const unarchives = access?.channel.archived === true && change.archived === false;
  if (change.archived !== undefined) allow('archive', access, caller);
  else allow('read', access, caller);
  if (change.name !== undefined) allow('rename', unarchives ? unarchived(access) : access, caller);
  if (change.topic !== undefined) allow('set_topic', unarchives ? unarchived(access) : access, caller);
  if (change.posting !== undefined) allow('set_posting', unarchives ? unarchived(access) : access, caller);
  atHome(context, access!);
  const name = change.name === undefined ? undefined : checkName(change.name);
  const { channel: changed } = await changeDirectory(context, caller, channelId, (reply_to) =>
    context.directory.changeChannel(
      caller.workspace_id,
      channelId,
      { ...change, name },
      { actor_id: caller.user_id, reply_to, trace_id: caller.trace_id },
    ),
  );
  const [found] = await withHeads(context, [changed]);
  return { channel: found! };
}

export async function members(context: CallContext, caller: Caller, channelId: string, page: PageRequest) {
  allow('list_members', await context.access.of(caller, channelId), caller);
  const { items, next_cursor } = await context.directory.members(caller.workspace_id, channelId, page);
  return { members: items, next_cursor };
}

/** Joins (oneself) or invites. */
export async function addMember(
  context: CallContext,
  caller: Caller,
  channelId: string,
  userId: string,
): Promise<void> {
  const action = userId === caller.user_id ? 'join' : 'invite';
  const access = allow(action, await context.access.of(caller, channelId), caller);
  atHome(context, access);
  await changeMembers(context, caller, access, (reply_to) =>
    context.directory.addMembers(
      caller.workspace_id,
      channelId,
      [userId],
      { actor_id: caller.user_id, reply_to, trace_id: caller.trace_id },
      memberBounds,
    ),
  );
}

/** Leaves, or removes someone else. In force at once: the person's own address hears it past the channel's order. */
export async function removeMember(
  context: CallContext,
  caller: Caller,
  channelId: string,
  userId: string,
): Promise<void> {
  const action = userId === caller.user_id ? 'leave' : 'remove';
  const access = allow(action, await context.access.of(caller, channelId), caller);
  atHome(context, access);
  const { workspace_id } = caller;
  await changeMembers(context, caller, access, async (reply_to) => {
    const request = { actor_id: caller.user_id, reply_to, trace_id: caller.trace_id };
    const removed = await context.directory.removeMembers(workspace_id, channelId, [userId], request);
    const { change_id } = removed;
    if (change_id !== null) {
      const body = { MembershipChanged: { channel_id: channelId, joined: false, rev: 0, seq: 0, change_id } };
      const value = { workspace_id, user_id: userId, body };
      await context.log.append([
        { topic: 'person_events', key: personKey(workspace_id, userId), schema: 'PersonEvent', value },
      ]);
    }
    return removed;
  });
}

/** In force at once. Its event is waited for, but of a large channel, where it may wait for others (`MemberBursts`). */
async function changeMembers(
  context: CallContext,
  caller: Caller,
  { channel: { channel_id, member_count } }: Access,
  change: (replyTo: ReplyTo | null) => Promise<{ change_id: number | null }>,
): Promise<void> {
  if (member_count <= limits.bursts_members) return void (await changeDirectory(context, caller, channel_id, change));
  await change(null);
  context.access.forgetChannel(caller.workspace_id, channel_id);
  context.relay();
}

/** Changes the directory; where that wrote a change for the log, waits until its event is out. */
export async function changeDirectory<Result extends { change_id: number | null }>(
  context: CallContext,
  { workspace_id }: Caller,
  /** Undefined for one that is made. */
  channelId: string | undefined,
  change: (replyTo: ReplyTo) => Promise<Result>,
): Promise<Result> {
  const request = context.gateway.requests.open();
  let result: Result;
  try {
    result = await change(request.reply_to);
  } catch (error) {
    request.cancel();
    throw error;
  }
  if (channelId !== undefined) context.access.forgetChannel(workspace_id, channelId);
  if (result.change_id === null) request.cancel();
  else {
    context.relay();
    await request.outcome;
  }
  return result;
}

async function withHeads(context: CallContext, found: ChannelRecord[]): Promise<WireChannel[]> {
  if (found.length === 0) return [];
  const heads = await context.store.heads(
    found[0]!.workspace_id,
    found.map((one) => one.channel_id),
  );
  return found.map((one, i) => wireChannel(one, heads[i]!));
}

/** Error: `invalid_request`. */
export function checkName(name: string | undefined): string {
  const trimmed = name?.trim() ?? '';
  if (
    trimmed === '' ||
    [...trimmed].length > limits.channel_name_characters ||
    /\p{Cc}/u.test(trimmed) ||
    !trimmed.isWellFormed()
  ) {
    throw new MillraceError(
      'invalid_request',
      `name: must have 1 to ${limits.channel_name_characters} characters, and no control characters`,
    );
  }
  return trimmed;
}

function unarchived(access: { channel: ChannelRecord; member: boolean } | undefined) {
  return access && { ...access, channel: { ...access.channel, archived: false } };
}
