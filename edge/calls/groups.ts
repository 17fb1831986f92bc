import type { PageRequest } from '../../platform/directory/page.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { limits } from '../limits.ts';
import { allowInWorkspace } from '../policy.ts';
import { checkName } from './channels.ts';
import type { CallContext, Caller } from './context.ts';
import { membersAmong } from './members-among.ts';
import { namedGroups } from './text.ts';

export async function groups(context: CallContext, caller: Caller, page: PageRequest) {
  const { items, next_cursor } = await context.directory.groups(caller.workspace_id, page);
  return { groups: items.map(({ workspace_id: _, ...group }) => group), next_cursor };
}

export async function group(context: CallContext, caller: Caller, groupId: string) {
  const found = await context.directory.group(caller.workspace_id, groupId);
  if (!found) throw new MillraceError('not_found', 'group_id: there is no such group in this workspace');
  const { workspace_id: _, ...shown } = found;
  return { group: { ...shown, members: await context.directory.groupMembers(caller.workspace_id, [groupId]) } };
}

export async function putGroup(
  context: CallContext,
  caller: Caller,
  groupId: string,
  { name, members }: { name: string; members: string[] },
) {
  allowInWorkspace('manage_groups', caller);
  const { workspace_id } = caller;
  const wanted = { workspace_id, group_id: groupId, name: checkName(name), members };
  await context.directory.putGroup(wanted, requestOf(caller));
  context.relay();
  return group(context, caller, groupId);
}

export async function deleteGroup(context: CallContext, caller: Caller, groupId: string): Promise<void> {
  allowInWorkspace('manage_groups', caller);
  await context.directory.deleteGroup(caller.workspace_id, groupId, requestOf(caller));
  context.relay();
}

/** The members of a channel whom a text names by their groups, without the caller; past the bound the first of them by id. */
export async function membersOfGroups(
  context: CallContext,
  caller: Caller,
  channelId: string,
  text: string,
): Promise<string[]> {
  const named = namedGroups(text);
  if (named.length === 0) return [];
  const people = await context.directory.groupMembers(caller.workspace_id, named);
  return (await membersAmong(context, caller, channelId, people))
    .filter((user) => user !== caller.user_id)
    .sort()
    .slice(0, limits.reached_by_groups);
}

function requestOf(caller: Caller) {
  return { actor_id: caller.user_id, reply_to: null, trace_id: caller.trace_id };
}
