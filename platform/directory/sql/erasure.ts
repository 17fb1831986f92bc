import { sql } from 'kysely';
import { MillraceError } from '../../errors/error.ts';
import { erasedUser } from '../../keys.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { Erasure } from '../data-life-port.ts';
import type { Person } from '../person.ts';
import { writeAudit } from './audit.ts';
import { refuseHeld } from './data-life.ts';
import { expelMembers } from './members.ts';
import { nameKey, personHash } from './names.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { ErasureRow } from './tables.ts';

const mostOpen = 1000;
const mostShown = 200;

export function requestErasure(
  scope: Scope,
  { workspace_id, user_id }: Person,
  { actor_id, trace_id }: ChangeRequest,
): Promise<Erasure> {
  const person_hash = personHash(workspace_id, user_id);
  return inTransaction(scope, async (tx) => {
    const known = await tx.db
      .selectFrom('erasures')
      .selectAll()
      .where('workspace_id', '=', workspace_id)
      .where('person_hash', '=', person_hash)
      .executeTakeFirst();
    if (known) return erasureOf(known);
    await refuseHeld(tx, workspace_id, user_id);
    const user = await tx.db
      .updateTable('users')
      .set({ deactivated: 1, name: erasedUser, name_key: nameKey(erasedUser), email: null })
      .where('workspace_id', '=', workspace_id)
      .where('user_id', '=', user_id)
      .returning('user_id')
      .executeTakeFirst();
    if (!user) throw new MillraceError('not_found', 'user_id: there is no such person in this workspace');
    const row: ErasureRow = { workspace_id, person_hash, user_id, requested_at: tx.clock(), done_at: null };
    await tx.db.insertInto('erasures').values(row).execute();
    // The first ends their sockets (edge/relay/audit-relay.ts); neither holds the id once the erasure is done.
    const audited = { workspace_id, actor_id, trace_id, user_ids: [user_id] };
    await writeAudit(tx, [
      { ...audited, action: 'person.deactivated' },
      { ...audited, action: 'person.erasure_requested' },
    ]);
    return erasureOf(row);
  });
}

export async function openErasures(scope: Scope): Promise<(Erasure & { user_id: string })[]> {
  const rows = await scope.db
    .selectFrom('erasures')
    .selectAll()
    .where('done_at', 'is', null)
    .orderBy('requested_at')
    .limit(mostOpen)
    .execute();
  return rows.flatMap((row) => (row.user_id === null ? [] : [{ ...erasureOf(row), user_id: row.user_id }]));
}

export async function erasures(scope: Scope, workspaceId: string): Promise<Erasure[]> {
  const rows = await scope.db
    .selectFrom('erasures')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('requested_at', 'desc')
    .limit(mostShown)
    .execute();
  return rows.map(erasureOf);
}

export async function leaveAll(scope: Scope, person: Person, request: ChangeRequest): Promise<void> {
  const { workspace_id, user_id } = person;
  const channels = await scope.db
    .selectFrom('members')
    .select('channel_id')
    .where('workspace_id', '=', workspace_id)
    .where('user_id', '=', user_id)
    .execute();
  for (const { channel_id } of channels) await expelMembers(scope, workspace_id, channel_id, [user_id], request);
}

export function finishErasure(
  scope: Scope,
  { workspace_id, user_id }: Person,
  { actor_id, trace_id }: ChangeRequest,
): Promise<void> {
  return inTransaction(scope, async (tx) => {
    const { db } = tx;
    for (const table of ['devices', 'push_levels', 'quiet_hours', 'members', 'users'] as const)
      await db.deleteFrom(table).where('workspace_id', '=', workspace_id).where('user_id', '=', user_id).execute();
    const groups = await db
      .deleteFrom('group_members')
      .where('workspace_id', '=', workspace_id)
      .where('user_id', '=', user_id)
      .returning('group_id')
      .execute();
    for (const { group_id } of groups)
      await db
        .updateTable('groups')
        .set((on) => ({ member_count: on('member_count', '-', 1) }))
        .where('workspace_id', '=', workspace_id)
        .where('group_id', '=', group_id)
        .execute();
    // The key of a repeat goes, for it is unique for its creator.
    await db
      .updateTable('channels')
      .set({ creator_id: erasedUser, idempotency_key: null })
      .where('workspace_id', '=', workspace_id)
      .where('creator_id', '=', user_id)
      .execute();
    await db
      .updateTable('holds')
      .set({ actor_id: erasedUser })
      .where('workspace_id', '=', workspace_id)
      .where('actor_id', '=', user_id)
      .execute();
    const named = JSON.stringify(user_id);
    await db
      .updateTable('audit')
      .set({
        actor_id: sql<string>`case when actor_id = ${user_id} then ${erasedUser} else actor_id end`,
        entry: sql<string>`replace(entry, ${named}, ${JSON.stringify(erasedUser)})`,
      })
      .where('workspace_id', '=', workspace_id)
      .where((on) =>
        on.or([on('actor_id', '=', user_id), on(sql`replace(entry, ${named}, '')`, '!=', on.ref('entry'))]),
      )
      .execute();
    const { numUpdatedRows } = await db
      .updateTable('erasures')
      .set({ user_id: null, done_at: tx.clock() })
      .where('workspace_id', '=', workspace_id)
      .where('user_id', '=', user_id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    await writeAudit(tx, [{ workspace_id, actor_id, trace_id, action: 'person.erased', user_ids: [erasedUser] }]);
  });
}

function erasureOf({ workspace_id, user_id, requested_at, done_at }: ErasureRow): Erasure {
  return { workspace_id, user_id, requested_at, done_at };
}
