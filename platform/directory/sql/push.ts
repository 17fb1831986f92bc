import type { ChangeRequest } from '../change-request.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Person } from '../person.ts';
import {
  type ChannelLevel,
  type Device,
  devicesKept,
  type PushBodies,
  type PushLevel,
  type QuietHours,
  type Reached,
} from '../push-port.ts';
import { writeAudit } from './audit.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { inTransaction, type Scope } from './scope.ts';

export function addDevice(scope: Scope, { workspace_id, user_id, platform, token }: Device): Promise<void> {
  return inTransaction(scope, async (tx) => {
    await tx.db.deleteFrom('devices').where('workspace_id', '=', workspace_id).where('token', '=', token).execute();
    const known = await devices(tx, { workspace_id, user_id });
    for (const oldest of known.slice(0, Math.max(0, known.length - devicesKept + 1)))
      await removeDevice(tx, oldest, oldest.token);
    const last = await tx.db
      .selectFrom('devices')
      .select((on) => on.fn.max('number').as('number'))
      .where('workspace_id', '=', workspace_id)
      .where('user_id', '=', user_id)
      .executeTakeFirst();
    const number = (last?.number ?? 0) + 1;
    await tx.db.insertInto('devices').values({ workspace_id, user_id, platform, token, number }).execute();
  });
}

export async function removeDevice(scope: Scope, { workspace_id, user_id }: Person, token: string): Promise<boolean> {
  const { numDeletedRows } = await scope.db
    .deleteFrom('devices')
    .where('workspace_id', '=', workspace_id)
    .where('user_id', '=', user_id)
    .where('token', '=', token)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export function devices(scope: Scope, { workspace_id, user_id }: Person): Promise<Device[]> {
  return scope.db
    .selectFrom('devices')
    .select(['workspace_id', 'user_id', 'platform', 'token'])
    .where('workspace_id', '=', workspace_id)
    .where('user_id', '=', user_id)
    .orderBy('number')
    .execute();
}

export async function setPushLevel(scope: Scope, person: Person, channelId: string, level: PushLevel): Promise<void> {
  const { workspace_id, user_id } = person;
  await scope.db
    .insertInto('push_levels')
    .values({ workspace_id, user_id, channel_id: channelId, level })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'channel_id', 'user_id']).doUpdateSet({ level }))
    .execute();
}

export async function pushLevel(scope: Scope, person: Person, channelId: string): Promise<PushLevel | undefined> {
  const row = await scope.db
    .selectFrom('push_levels')
    .select('level')
    .where('workspace_id', '=', person.workspace_id)
    .where('channel_id', '=', channelId)
    .where('user_id', '=', person.user_id)
    .executeTakeFirst();
  return row?.level;
}

/** People may be in 1,000 channels, imports may go past that. */
const levelsTold = 5000;

export function pushLevels(scope: Scope, { workspace_id, user_id }: Person): Promise<ChannelLevel[]> {
  // From the memberships on: their rows are found by the person, those of levels by channel and person.
  return scope.db
    .selectFrom('members')
    .innerJoin('push_levels', (join) =>
      join
        .onRef('push_levels.workspace_id', '=', 'members.workspace_id')
        .onRef('push_levels.channel_id', '=', 'members.channel_id')
        .onRef('push_levels.user_id', '=', 'members.user_id'),
    )
    .select(['members.channel_id', 'push_levels.level'])
    .where('members.workspace_id', '=', workspace_id)
    .where('members.user_id', '=', user_id)
    .orderBy('members.channel_id')
    .limit(levelsTold)
    .execute();
}

export async function setQuietHours(scope: Scope, person: Person, hours: QuietHours | null): Promise<void> {
  const { workspace_id, user_id } = person;
  if (hours === null) {
    await scope.db
      .deleteFrom('quiet_hours')
      .where('workspace_id', '=', workspace_id)
      .where('user_id', '=', user_id)
      .execute();
    return;
  }
  const row = { zone: hours.zone, from_minute: hours.from, to_minute: hours.to };
  await scope.db
    .insertInto('quiet_hours')
    .values({ workspace_id, user_id, ...row })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'user_id']).doUpdateSet(row))
    .execute();
}

export async function quietHours(scope: Scope, person: Person): Promise<QuietHours | undefined> {
  const row = await scope.db
    .selectFrom('quiet_hours')
    .selectAll()
    .where('workspace_id', '=', person.workspace_id)
    .where('user_id', '=', person.user_id)
    .executeTakeFirst();
  return row && { zone: row.zone, from: row.from_minute, to: row.to_minute };
}

export function setPushBodies(
  scope: Scope,
  workspaceId: string,
  bodies: PushBodies,
  { actor_id, trace_id }: ChangeRequest,
): Promise<void> {
  return inTransaction(scope, async (tx) => {
    const before = await pushBodies(tx, workspaceId);
    if (before === bodies) return;
    await tx.db
      .updateTable('workspaces')
      .set({ push_bodies: bodies })
      .where('workspace_id', '=', workspaceId)
      .execute();
    const changes = [{ field: 'push_bodies', before, after: bodies }];
    await writeAudit(tx, [{ workspace_id: workspaceId, actor_id, trace_id, action: 'workspace.changed', changes }]);
  });
}

export async function pushBodies(scope: Scope, workspaceId: string): Promise<PushBodies> {
  const row = await scope.db
    .selectFrom('workspaces')
    .select('push_bodies')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row?.push_bodies ?? 'shown';
}

export async function audience(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  whom: { everyone: boolean; named: string[] },
  page: PageRequest,
): Promise<Page<Reached>> {
  checkLimit(page.limit);
  const after = decodeCursor('audience', 1, page.cursor);
  let query = scope.db
    .selectFrom('members')
    .leftJoin('push_levels', (join) =>
      join
        .onRef('push_levels.workspace_id', '=', 'members.workspace_id')
        .onRef('push_levels.channel_id', '=', 'members.channel_id')
        .onRef('push_levels.user_id', '=', 'members.user_id'),
    )
    .select(['members.user_id', 'push_levels.level'])
    .where('members.workspace_id', '=', workspaceId)
    .where('members.channel_id', '=', channelId)
    .where((on) =>
      on.exists(
        on
          .selectFrom('devices')
          .select('devices.token')
          .whereRef('devices.workspace_id', '=', 'members.workspace_id')
          .whereRef('devices.user_id', '=', 'members.user_id'),
      ),
    );
  if (!whom.everyone) {
    query = query.where((on) =>
      on.or([
        on('push_levels.level', '=', 'all'),
        on(
          'members.user_id',
          'in',
          scope.db.selectFrom(scope.dialect.listed(whom.named).as('listed')).select('listed.id'),
        ),
      ]),
    );
  }
  if (after) query = query.where('members.user_id', '>', after[0]!);
  const rows = await query
    .orderBy('members.user_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    'audience',
    page,
    rows,
    (row) => row,
    (row) => [row.user_id],
  );
}
