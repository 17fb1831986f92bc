import { MillraceError } from '../../errors/error.ts';
import type { Page, PageRequest, Person, Role, User } from '../port.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { nameKey, prefixEnd } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { UserRow } from './tables.ts';

type Provisioned = Person & { name?: string | undefined; email?: string | undefined; role: Role };

export async function provision(scope: Scope, person: Provisioned, now: number): Promise<User> {
  // Almost every call finds all as it is: a read alone spares the flush.
  const known = await findUser(scope, person);
  if (known && !differs(known, person)) return known;
  return inTransaction(scope, async (tx) => {
    const current = await findUser(tx, person);
    const name = person.name ?? current?.name ?? person.user_id;
    const row: UserRow = {
      workspace_id: person.workspace_id,
      user_id: person.user_id,
      id_key: nameKey(person.user_id),
      name,
      name_key: nameKey(name),
      email: person.email ?? current?.email ?? null,
      role: person.role,
      deactivated: current?.deactivated ? 1 : 0,
      created_at: current?.created_at ?? now,
    };
    await tx.db
      .insertInto('workspaces')
      .values({ workspace_id: person.workspace_id, created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { name_key, email, role } = row;
    await tx.db
      .insertInto('users')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'user_id']).doUpdateSet({ name, name_key, email, role }),
      )
      .execute();
    return userOf(row);
  });
}

function differs(known: User, wanted: Provisioned): boolean {
  return (
    known.role !== wanted.role ||
    (wanted.name !== undefined && known.name !== wanted.name) ||
    (wanted.email !== undefined && known.email !== wanted.email)
  );
}

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
  const rows = await scope.db
    .selectFrom('users')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('user_id', 'in', scope.db.selectFrom(scope.dialect.listed(userIds).as('listed')).select('listed.id'))
    .execute();
  return rows.map(userOf);
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

export async function deactivate(scope: Scope, person: Person): Promise<boolean> {
  const result = await scope.db
    .updateTable('users')
    .set({ deactivated: 1 })
    .where('workspace_id', '=', person.workspace_id)
    .where('user_id', '=', person.user_id)
    .where('deactivated', '=', 0)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
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

function userOf(row: UserRow): User {
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
