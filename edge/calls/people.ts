import type { PageRequest } from '../../platform/directory/page.ts';
import type { User } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { allowDeactivation, allowInWorkspace } from '../policy.ts';
import { timeText } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';

export async function user(context: CallContext, caller: Caller, userId: string) {
  const found = await context.directory.user({ workspace_id: caller.workspace_id, user_id: userId });
  if (!found) throw noPerson();
  return { user: wireUser(found) };
}

export async function users(context: CallContext, caller: Caller, page: PageRequest & { prefix?: string | undefined }) {
  const { items, next_cursor } = await context.directory.users(caller.workspace_id, page);
  return { users: items.map(wireUser), next_cursor };
}

/** Ends a person's access, sockets included, or gives it back. */
export async function setDeactivated(context: CallContext, caller: Caller, userId: string, deactivated: boolean) {
  allowInWorkspace('deactivate', caller);
  const person = { workspace_id: caller.workspace_id, user_id: userId };
  const found = await context.directory.user(person);
  if (!found) throw noPerson();
  allowDeactivation(caller, found);
  const request = { actor_id: caller.user_id, reply_to: null, trace_id: caller.trace_id };
  await (deactivated ? context.directory.deactivate(person, request) : context.directory.reactivate(person, request));
  context.admission.forget(person);
  context.relay();
  return { user: wireUser({ ...found, deactivated }) };
}

function noPerson(): MillraceError {
  return new MillraceError('not_found', 'user_id: there is no such person in this workspace');
}

function wireUser({ user_id, workspace_id, name, role, deactivated, created_at }: User) {
  return { user_id, workspace_id, name, role, deactivated, created_at: timeText(created_at) };
}
