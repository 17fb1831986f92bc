import type { ChangeRequest } from '../change-request.ts';
import type { Page, PageRequest } from '../page.ts';
import type { MemberBounds } from '../port.ts';
import { writeAudit } from './audit.ts';
import { archivedConflict, lockChannel } from './change-channel.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { checkBounds } from './member-bounds.ts';
import { dmKey } from './names.ts';
import { memberChanges, writeOutbox } from './outbox.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { ChannelRow } from './tables.ts';
import { refuseErasing, requireUsers } from './users.ts';

export type ChangeMembers = (
  scope: Scope,
  workspaceId: string,
  channelId: string,
  userIds: string[],
  request: ChangeRequest,
  most?: MemberBounds,
) => Promise<{ change_id: number | null }>;

export const addMembers: ChangeMembers = (scope, workspaceId, channelId, userIds, request, most) =>
  changeMembers(scope, workspaceId, channelId, request, 'joined', async (tx, { member_count, archived }) => {
    if (archived !== 0) throw archivedConflict();
    await requireUsers(tx, workspaceId, userIds);
    // What another region has done is done: the next sweep takes them out again.
    if (request.region === undefined) await refuseErasing(tx, workspaceId, 'members', userIds);
    if (most) {
      const known = new Set(await membersAmong(tx, workspaceId, channelId, userIds));
      const added = [...new Set(userIds)].filter((id) => !known.has(id));
      await checkBounds(tx, workspaceId, added, member_count + added.length, most);
    }
    const rows = await tx.db
      .insertInto('members')
      .columns(['workspace_id', 'channel_id', 'user_id'])
      .expression(
        tx.db
          .selectFrom(tx.dialect.listed([...new Set(userIds)]).as('listed'))
          .select((on) => [
            on.cast<string>(on.val(workspaceId), 'text').as('workspace_id'),
            on.cast<string>(on.val(channelId), 'text').as('channel_id'),
            'listed.id as user_id',
          ])
          // Without a condition SQLite would read ON CONFLICT as a join's ON.
          .where((on) => on.val(1), '=', 1),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('user_id')
      .execute();
    return inOrder(userIds, rows);
  });

export const removeMembers: ChangeMembers = (scope, workspaceId, channelId, userIds, request) =>
  changeMembers(scope, workspaceId, channelId, request, 'left', (tx, row) => {
    if (row.archived !== 0) throw archivedConflict();
    return takeOut(tx, workspaceId, channelId, userIds);
  });

/** The same of an archived channel, too. */
export const expelMembers: ChangeMembers = (scope, workspaceId, channelId, userIds, request) =>
  changeMembers(scope, workspaceId, channelId, request, 'left', (tx) => takeOut(tx, workspaceId, channelId, userIds));

async function takeOut(tx: Scope, workspaceId: string, channelId: string, userIds: string[]): Promise<string[]> {
  const rows = await tx.db
    .deleteFrom('members')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('user_id', 'in', tx.db.selectFrom(tx.dialect.listed(userIds).as('listed')).select('listed.id'))
    .returning('user_id')
    .execute();
  return inOrder(userIds, rows);
}

/** `change` resolves with those that it changed; count, dm and outbox follow from them in the same transaction. */
function changeMembers(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  request: ChangeRequest,
  kind: 'joined' | 'left',
  change: (tx: Scope, row: ChannelRow) => Promise<string[]>,
): Promise<{ change_id: number | null }> {
  return inTransaction(scope, async (tx) => {
    const row = await lockChannel(tx, workspaceId, channelId);
    const changed = await change(tx, row);
    if (changed.length === 0) return { change_id: null };
    const member_count = row.member_count + (kind === 'joined' ? changed.length : -changed.length);
    await tx.db
      .updateTable('channels')
      .set({ member_count, dm_key: row.type === 'dm' ? await newDmKey(tx, row) : null })
      .where('workspace_id', '=', workspaceId)
      .where('channel_id', '=', channelId)
      .execute();
    const change_id = await writeOutbox(tx, row, request, memberChanges(kind, changed));
    const action = kind === 'joined' ? 'members.added' : 'members.removed';
    const { actor_id, trace_id } = request;
    await writeAudit(tx, [
      { workspace_id: workspaceId, actor_id, trace_id, action, channel_id: channelId, user_ids: changed },
    ]);
    return { change_id };
  });
}

/**
 * A dm is found by who is in it, so it must not be found by those who were in it: else two people who open their dm
 * would write into one that a third has been invited to. Null where another dm has these people already.
 */
async function newDmKey(tx: Scope, row: ChannelRow): Promise<string | null> {
  const people = await tx.db
    .selectFrom('members')
    .select('user_id')
    .where('workspace_id', '=', row.workspace_id)
    .where('channel_id', '=', row.channel_id)
    .execute();
  const key = dmKey(people.map((member) => member.user_id));
  const taken = await tx.db
    .selectFrom('channels')
    .select('channel_id')
    .where('workspace_id', '=', row.workspace_id)
    .where('dm_key', '=', key)
    .where('channel_id', '!=', row.channel_id)
    .executeTakeFirst();
  return taken ? null : key;
}

export async function listMembers(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  page: PageRequest,
): Promise<Page<{ user_id: string; role: 'creator' | 'member' }>> {
  checkLimit(page.limit);
  const after = decodeCursor('members', 1, page.cursor);
  let query = scope.db
    .selectFrom('members')
    .innerJoin('channels', (join) =>
      join
        .onRef('channels.workspace_id', '=', 'members.workspace_id')
        .onRef('channels.channel_id', '=', 'members.channel_id'),
    )
    .select(['members.user_id', 'channels.creator_id'])
    .where('members.workspace_id', '=', workspaceId)
    .where('members.channel_id', '=', channelId);
  if (after) query = query.where('members.user_id', '>', after[0]!);
  const rows = await query
    .orderBy('members.user_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    'members',
    page,
    rows,
    (row) => ({ user_id: row.user_id, role: row.user_id === row.creator_id ? 'creator' : 'member' }),
    (row) => [row.user_id],
  );
}

export async function membersAmong(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  userIds: string[],
): Promise<string[]> {
  const rows = await scope.db
    .selectFrom('members')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('user_id', 'in', scope.db.selectFrom(scope.dialect.listed(userIds).as('listed')).select('listed.id'))
    .execute();
  return rows.map((row) => row.user_id);
}

/** The changed ones in the caller's order: an engine may return them in any. */
function inOrder(userIds: string[], rows: { user_id: string }[]): string[] {
  const changed = new Set(rows.map((row) => row.user_id));
  return [...new Set(userIds)].filter((id) => changed.has(id));
}
