import { MillraceError } from '../../errors/error.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Person } from '../person.ts';
import type { User } from '../port.ts';
import { writeAudit } from './audit.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { nameKey, prefixEnd } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { UserRow } from './tables.ts';

export async function findUser(scope: Scope, person: Person): Promise<User | undefined> {
  const row = await scope.db
    .selectFrom('users')
    .selectAll()
    .where('workspace_id', '=', person.workspace_id)
    .where('user_id', '=', person.user_id)
    .executeTakeFirst();
  return row && userOf(row);
}

export async function usersById(scope: Scope, workspaceId: string, userIds: string[]): Promise<User[]> {
  return (await userRows(scope, workspaceId, userIds)).map(userOf);
}

export async function userRows(scope: Scope, workspaceId: string, userIds: string[]): Promise<UserRow[]> {
  return scope.db
    .selectFrom('users')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('user_id', 'in', scope.db.selectFrom(scope.dialect.listed(userIds).as('listed')).select('listed.id'))
    .execute();
}

export async function listUsers(
  scope: Scope,
  workspaceId: string,
  page: PageRequest & { prefix?: string | undefined },
): Promise<Page<User>> {
  checkLimit(page.limit);
  const after = decodeCursor('users', 2, page.cursor);
  let query = scope.db.selectFrom('users').selectAll().where('workspace_id', '=', workspaceId);
  if (page.prefix) {
    const start = nameKey(page.prefix);
    const end = prefixEnd(start);
    query = query.where((on) =>
      on.or([
        on.and([on('name_key', '>=', start), on('name_key', '<', end)]),
        on.and([on('id_key', '>=', start), on('id_key', '<', end)]),
      ]),
    );
  }
  if (after) {
    const [name, id] = after as [string, string];
    query = query
      .where('name_key', '>=', name)
      .where((on) => on.or([on('name_key', '>', name), on('user_id', '>', id)]));
  }
  const rows = await query
    .orderBy('name_key')
    .orderBy('user_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf('users', page, rows, userOf, (row) => [row.name_key, row.user_id]);
}

/** Ends a person's access, or gives it back. False where that changes nothing. */
export function setDeactivated(
  scope: Scope,
  { workspace_id, user_id }: Person,
  deactivated: boolean,
  { actor_id, trace_id }: ChangeRequest,
): Promise<boolean> {
  return inTransaction(scope, async (tx) => {
    const result = await tx.db
      .updateTable('users')
      .set({ deactivated: Number(deactivated) })
      .where('workspace_id', '=', workspace_id)
      .where('user_id', '=', user_id)
      .where('deactivated', '=', Number(!deactivated))
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    // Behind the row's lock, so that one that was asked for meanwhile is seen.
    if (!deactivated) await refuseErasing(tx, workspace_id, 'user_id', [user_id]);
    const action = deactivated ? 'person.deactivated' : 'person.reactivated';
    await writeAudit(tx, [{ workspace_id, actor_id, trace_id, action, user_ids: [user_id] }]);
    return true;
  });
}

/** Error: `not_found` that names the ids that are no users of the workspace (ten of them at most). */
export async function requireUsers(scope: Scope, workspaceId: string, userIds: string[]): Promise<void> {
  const unknown = await scope.db
    .selectFrom(scope.dialect.listed(userIds).as('listed'))
    .leftJoin('users', (join) =>
      join.onRef('users.user_id', '=', 'listed.id').on('users.workspace_id', '=', workspaceId),
    )
    .select('listed.id')
    .where('users.user_id', 'is', null)
    .execute();
  if (unknown.length === 0) return;
  const named = unknown.slice(0, 10).map((row) => row.id);
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : '';
  throw new MillraceError('not_found', `members: no such user here: ${named.join(', ')}${more}`);
}

/** Error: `conflict` that names those who are to be erased (ten of them at most). */
export async function refuseErasing(
  scope: Scope,
  workspaceId: string,
  field: string,
  userIds: string[],
): Promise<void> {
  const rows = await scope.db
    .selectFrom('erasures')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .where('done_at', 'is', null)
    .where('user_id', 'in', scope.db.selectFrom(scope.dialect.listed(userIds).as('listed')).select('listed.id'))
    .limit(10)
    .execute();
  if (rows.length === 0) return;
  throw new MillraceError('conflict', `${field}: to be erased, for good: ${rows.map((row) => row.user_id).join(', ')}`);
}

export function userOf(row: UserRow): User {
  return {
    workspace_id: row.workspace_id,
    user_id: row.user_id,
    name: row.name,
    email: row.email,
    role: row.role,
    deactivated: row.deactivated !== 0,
    created_at: row.created_at,
  };
}
