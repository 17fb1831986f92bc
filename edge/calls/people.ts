import type { PageRequest, User } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { timeText } from '../wire/message.ts';
import type { CallContext, Caller } from './context.ts';

export async function user(context: CallContext, caller: Caller, userId: string) {
  const found = await context.directory.user({ workspace_id: caller.workspace_id, user_id: userId });
  if (!found) throw new MillraceError('not_found', 'user_id: there is no such person in this workspace');
  return { user: wireUser(found) };
}

export async function users(context: CallContext, caller: Caller, page: PageRequest & { prefix?: string | undefined }) {
  const { items, next_cursor } = await context.directory.users(caller.workspace_id, page);
  return { users: items.map(wireUser), next_cursor };
}

function wireUser({ user_id, workspace_id, name, role, deactivated, created_at }: User) {
  return { user_id, workspace_id, name, role, deactivated, created_at: timeText(created_at) };
}
