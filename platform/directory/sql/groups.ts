import type { ChangeRequest } from '../change-request.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Group } from '../port.ts';
import { writeAudit } from './audit.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { nameKey } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { GroupRow } from './tables.ts';
import { requireUsers } from './users.ts';

export function putGroup(
  scope: Scope,
  group: { workspace_id: string; group_id: string; name: string; members: string[] },
  { actor_id, trace_id }: ChangeRequest,
): Promise<Group> {
  const { workspace_id, group_id, name } = group;
  const members = [...new Set(group.members)];
  return inTransaction(scope, async (tx) => {
    await requireUsers(tx, workspace_id, members);
    const before = await findGroup(tx, workspace_id, group_id);
    const row: GroupRow = { workspace_id, group_id, name, name_key: nameKey(name), member_count: members.length };
    await tx.db
      .insertInto('groups')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'group_id']).doUpdateSet((on) => ({
          name: on.ref('excluded.name'),
          name_key: on.ref('excluded.name_key'),
          member_count: on.ref('excluded.member_count'),
        })),
      )
      .execute();
    await removeMembers(tx, workspace_id, group_id);
    if (members.length > 0)
      await tx.db
        .insertInto('group_members')
        .columns(['workspace_id', 'group_id', 'user_id'])
        .expression(
          tx.db
            .selectFrom(tx.dialect.listed(members).as('listed'))
            .select((on) => [
              on.cast<string>(on.val(workspace_id), 'text').as('workspace_id'),
              on.cast<string>(on.val(group_id), 'text').as('group_id'),
              'listed.id as user_id',
            ]),
        )
        .execute();
    const changes = [
      { field: 'group', before: before ? group_id : '', after: group_id },
      { field: 'name', before: before?.name ?? '', after: name },
    ];
    await writeAudit(tx, [{ workspace_id, actor_id, trace_id, action: 'group.changed', user_ids: members, changes }]);
    return groupOf(row);
  });
}

export function deleteGroup(
  scope: Scope,
  workspaceId: string,
  groupId: string,
  { actor_id, trace_id }: ChangeRequest,
): Promise<boolean> {
  return inTransaction(scope, async (tx) => {
    const { numDeletedRows } = await tx.db
      .deleteFrom('groups')
      .where('workspace_id', '=', workspaceId)
      .where('group_id', '=', groupId)
      .executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await removeMembers(tx, workspaceId, groupId);
    const changes = [{ field: 'group', before: groupId, after: '' }];
    await writeAudit(tx, [{ workspace_id: workspaceId, actor_id, trace_id, action: 'group.deleted', changes }]);
    return true;
  });
}

export async function listGroups(scope: Scope, workspaceId: string, page: PageRequest): Promise<Page<Group>> {
  checkLimit(page.limit);
  const after = decodeCursor('groups', 2, page.cursor);
  let query = scope.db.selectFrom('groups').selectAll().where('workspace_id', '=', workspaceId);
  if (after) {
    const [name, id] = after as [string, string];
    query = query
      .where('name_key', '>=', name)
      .where((on) => on.or([on('name_key', '>', name), on('group_id', '>', id)]));
  }
  const rows = await query
    .orderBy('name_key')
    .orderBy('group_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf('groups', page, rows, groupOf, (row) => [row.name_key, row.group_id]);
}

export async function findGroup(scope: Scope, workspaceId: string, groupId: string): Promise<Group | undefined> {
  const row = await scope.db
    .selectFrom('groups')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('group_id', '=', groupId)
    .executeTakeFirst();
  return row && groupOf(row);
}

export async function groupMembers(scope: Scope, workspaceId: string, groupIds: string[]): Promise<string[]> {
  const rows = await scope.db
    .selectFrom('group_members')
    .select('user_id')
    .distinct()
    .where('workspace_id', '=', workspaceId)
    .where('group_id', 'in', scope.db.selectFrom(scope.dialect.listed(groupIds).as('listed')).select('listed.id'))
    .orderBy('user_id')
    .execute();
  return rows.map((row) => row.user_id);
}

async function removeMembers(tx: Scope, workspaceId: string, groupId: string): Promise<void> {
  await tx.db
    .deleteFrom('group_members')
    .where('workspace_id', '=', workspaceId)
    .where('group_id', '=', groupId)
    .execute();
}

function groupOf({ workspace_id, group_id, name, member_count }: GroupRow): Group {
  return { workspace_id, group_id, name, member_count };
}
