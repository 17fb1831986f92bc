import type { ChangeRequest } from '../../platform/directory/change-request.ts';
import type { Erasure, Hold } from '../../platform/directory/data-life-port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { allow, allowErasure, allowInWorkspace } from '../policy.ts';
import { timeText } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';

/** How long messages are kept, and where a channel's history begins by now. */
export async function retention(context: CallContext, caller: Caller, channelId?: string) {
  allowInWorkspace('read_retention', caller);
  const access =
    channelId === undefined ? undefined : allow('read', await context.access.of(caller, channelId), caller);
  const { workspace_days, channel_days } = await context.directory.retention(caller.workspace_id, channelId);
  if (!access) return { retention: { days: workspace_days } };
  const kept = channel_days ?? workspace_days;
  const history_from = access.channel.trim?.below_id ?? null;
  return { retention: { days: channel_days, kept_days: kept === 0 ? null : kept, history_from } };
}

export async function setRetention(context: CallContext, caller: Caller, days: number | null, channelId?: string) {
  allowInWorkspace('set_retention', caller);
  if (channelId !== undefined) allow('read', await context.access.of(caller, channelId), caller);
  await context.directory.setRetention(caller.workspace_id, channelId ?? null, days, changeOf(caller));
  context.relay();
  return retention(context, caller, channelId);
}

export async function holds({ directory }: CallContext, caller: Caller) {
  allowInWorkspace('manage_holds', caller);
  return { holds: (await directory.holds(caller.workspace_id)).map(wireHold) };
}

export interface HoldRequest {
  channel_id?: string | undefined;
  user_id?: string | undefined;
  reason: string;
}

export async function putHold(context: CallContext, caller: Caller, hold_id: string, request: HoldRequest) {
  allowInWorkspace('manage_holds', caller);
  const { channel_id = null, user_id = null, reason } = request;
  if (channel_id !== null && user_id !== null)
    throw new MillraceError('invalid_request', 'user_id: a hold is on a channel, on a person, or (neither) on all');
  if (channel_id !== null) allow('read', await context.access.of(caller, channel_id), caller);
  const { workspace_id } = caller;
  const hold = await context.directory.putHold(
    { workspace_id, hold_id, channel_id, user_id, reason },
    changeOf(caller),
  );
  context.relay();
  return { hold: wireHold(hold) };
}

/** One that is not there is no error: it holds nothing. */
export async function releaseHold(context: CallContext, caller: Caller, hold_id: string): Promise<void> {
  allowInWorkspace('manage_holds', caller);
  await context.directory.releaseHold(caller.workspace_id, hold_id, changeOf(caller));
  context.relay();
}

/** Ends a person's access and has all that they wrote, and all that names them, taken away. There is no way back. */
export async function erase(context: CallContext, caller: Caller, user_id: string) {
  allowInWorkspace('erase', caller);
  const person = { workspace_id: caller.workspace_id, user_id };
  const found = await context.directory.user(person);
  if (!found) throw new MillraceError('not_found', 'user_id: there is no such person in this workspace');
  allowErasure(caller, found);
  const erasure = await context.directory.requestErasure(person, changeOf(caller));
  context.admission.forget(person);
  context.relay();
  return { erasure: wireErasure(erasure) };
}

export async function erasures({ directory }: CallContext, caller: Caller) {
  allowInWorkspace('erase', caller);
  return { erasures: (await directory.erasures(caller.workspace_id)).map(wireErasure) };
}

function changeOf({ user_id, trace_id }: Caller): ChangeRequest {
  return { actor_id: user_id, reply_to: null, trace_id };
}

function wireHold({ hold_id, channel_id, user_id, reason, actor_id, created_at }: Hold) {
  return { hold_id, channel_id, user_id, reason, created_by: actor_id, created_at: timeText(created_at) };
}

function wireErasure({ user_id, requested_at, done_at }: Erasure) {
  return { user_id, requested_at: timeText(requested_at), done_at: done_at === null ? null : timeText(done_at) };
}
