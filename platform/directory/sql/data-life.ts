import type { ExpressionBuilder } from 'kysely';
import type { Trim } from '../../../schemas/generated/types.ts';
import { MillraceError } from '../../errors/error.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { Expiring, Retention } from '../data-life-port.ts';
import type { Page, PageRequest } from '../page.ts';
import { writeAudit } from './audit.ts';
import { lockChannel } from './change-channel.ts';
import { channelOf, trimOf } from './channels.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { writeOutbox } from './outbox.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { Tables } from './tables.ts';

export function setRetention(
  scope: Scope,
  workspaceId: string,
  channelId: string | null,
  days: number | null,
  { actor_id, trace_id }: ChangeRequest,
): Promise<void> {
  return inTransaction(scope, async (tx) => {
    if (channelId !== null) await lockChannel(tx, workspaceId, channelId);
    const was = await retention(tx, workspaceId, channelId ?? undefined);
    const before = channelId === null ? was.workspace_days : was.channel_days;
    if (before === days) return;
    const update =
      channelId === null
        ? tx.db.updateTable('workspaces').set({ retention_days: days }).where('workspace_id', '=', workspaceId)
        : tx.db
            .updateTable('channels')
            .set({ retention_days: days })
            .where('workspace_id', '=', workspaceId)
            .where('channel_id', '=', channelId);
    await update.execute();
    const changes = [{ field: 'retention_days', before: String(before ?? ''), after: String(days ?? '') }];
    const of = channelId === null ? {} : { channel_id: channelId };
    await writeAudit(tx, [
      { workspace_id: workspaceId, actor_id, trace_id, action: 'retention.changed', changes, ...of },
    ]);
  });
}

export async function retention(scope: Scope, workspaceId: string, channelId?: string): Promise<Retention> {
  const workspace = await scope.db
    .selectFrom('workspaces')
    .select('retention_days')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  const channel =
    channelId === undefined
      ? undefined
      : await scope.db
          .selectFrom('channels')
          .select('retention_days')
          .where('workspace_id', '=', workspaceId)
          .where('channel_id', '=', channelId)
          .executeTakeFirst();
  return { workspace_days: workspace?.retention_days ?? null, channel_days: channel?.retention_days ?? null };
}

export async function expiring(scope: Scope, page: PageRequest): Promise<Page<Expiring>> {
  checkLimit(page.limit);
  const after = decodeCursor('expiring', 2, page.cursor);
  let query = scope.db
    .selectFrom('channels')
    .innerJoin('workspaces', 'workspaces.workspace_id', 'channels.workspace_id')
    .select((on) => [
      'channels.workspace_id',
      'channels.channel_id',
      'channels.trim',
      on.fn.coalesce('channels.retention_days', 'workspaces.retention_days').as('days'),
    ])
    .where((on) => on(on.fn.coalesce('channels.retention_days', 'workspaces.retention_days'), '>', 0));
  if (after) query = query.where(behind(after as [string, string]));
  const rows = await query
    .orderBy('channels.workspace_id')
    .orderBy('channels.channel_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    'expiring',
    page,
    rows,
    ({ workspace_id, channel_id, days, trim }) => ({
      workspace_id,
      channel_id,
      days: Number(days),
      trim: trimOf(trim),
    }),
    (row) => [row.workspace_id, row.channel_id],
  );
}

export async function trimmed(
  scope: Scope,
  page: PageRequest,
): Promise<Page<{ workspace_id: string; channel_id: string; trim: Trim }>> {
  checkLimit(page.limit);
  const after = decodeCursor('trimmed', 2, page.cursor);
  let query = scope.db
    .selectFrom('channels')
    .select(['channels.workspace_id', 'channels.channel_id', 'channels.trim'])
    .where('channels.trim', 'is not', null);
  if (after) query = query.where(behind(after as [string, string]));
  const rows = await query
    .orderBy('channels.workspace_id')
    .orderBy('channels.channel_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf(
    'trimmed',
    page,
    rows,
    ({ workspace_id, channel_id, trim }) => ({ workspace_id, channel_id, trim: trimOf(trim)! }),
    (row) => [row.workspace_id, row.channel_id],
  );
}

/** Rows behind one, by workspace and channel. */
function behind([workspace, channel]: [string, string]) {
  return (on: ExpressionBuilder<Tables, 'channels'>) =>
    on.and([
      on('channels.workspace_id', '>=', workspace),
      on.or([on('channels.workspace_id', '>', workspace), on('channels.channel_id', '>', channel)]),
    ]);
}

export function trimChannel(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  trim: Trim,
  request: ChangeRequest,
): Promise<boolean> {
  return inTransaction(scope, async (tx) => {
    const row = await lockChannel(tx, workspaceId, channelId);
    const before = trimOf(row.trim);
    if (before && BigInt(before.below_id) >= BigInt(trim.below_id)) return false;
    const text = JSON.stringify(trim);
    await tx.db
      .updateTable('channels')
      .set({ trim: text })
      .where('workspace_id', '=', workspaceId)
      .where('channel_id', '=', channelId)
      .execute();
    const { workspace_id: _workspace, channel_id: _channel, ...story } = channelOf({ ...row, trim: text });
    await writeOutbox(tx, row, request, [{ change: 'channel', user_ids: [], channel: story }]);
    return true;
  });
}

/** Error: `conflict`, which names a hold of the workspace, or of this person. */
export async function refuseHeld(tx: Scope, workspaceId: string, userId: string): Promise<void> {
  const held = await tx.db
    .selectFrom('holds')
    .select('hold_id')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', 'is', null)
    .where((on) => on.or([on('user_id', 'is', null), on('user_id', '=', userId)]))
    .executeTakeFirst();
  if (held)
    throw new MillraceError('conflict', `the hold ${held.hold_id} keeps what this person wrote: release it first`);
}
