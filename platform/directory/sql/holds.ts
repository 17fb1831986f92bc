import { MillraceError } from '../../errors/error.ts';
import type { ChangeRequest } from '../change-request.ts';
import { type Hold, mostHolds } from '../data-life-port.ts';
import { writeAudit } from './audit.ts';
import { lockChannel } from './change-channel.ts';
import { inTransaction, type Scope } from './scope.ts';
import { requireUsers } from './users.ts';

export function putHold(
  scope: Scope,
  hold: Omit<Hold, 'actor_id' | 'created_at'>,
  { actor_id, trace_id }: ChangeRequest,
): Promise<Hold> {
  const { workspace_id, hold_id, channel_id, user_id, reason } = hold;
  return inTransaction(scope, async (tx) => {
    if (channel_id !== null) await lockChannel(tx, workspace_id, channel_id);
    if (user_id !== null) await requireUsers(tx, workspace_id, [user_id]);
    const all = await holds(tx, workspace_id);
    const before = all.find((one) => one.hold_id === hold_id);
    if (before && (before.channel_id !== channel_id || before.user_id !== user_id))
      throw new MillraceError('conflict', 'hold_id: that hold is on something else: take another id');
    if (before?.reason === reason) return before;
    if (!before && all.length >= mostHolds)
      throw new MillraceError('conflict', `the workspace has ${mostHolds} holds, which is the most`);
    const row: Hold = before ? { ...before, reason } : { ...hold, actor_id, created_at: tx.clock() };
    await tx.db
      .insertInto('holds')
      .values(row)
      .onConflict((conflict) => conflict.columns(['workspace_id', 'hold_id']).doUpdateSet({ reason }))
      .execute();
    const changes = [
      { field: 'hold', before: before ? hold_id : '', after: hold_id },
      { field: 'reason', before: before?.reason ?? '', after: reason },
    ];
    await writeAudit(tx, [{ ...audited(row, actor_id, trace_id), action: 'hold.changed', changes }]);
    return row;
  });
}

export function releaseHold(
  scope: Scope,
  workspaceId: string,
  holdId: string,
  { actor_id, trace_id }: ChangeRequest,
): Promise<boolean> {
  return inTransaction(scope, async (tx) => {
    const hold = await tx.db
      .deleteFrom('holds')
      .where('workspace_id', '=', workspaceId)
      .where('hold_id', '=', holdId)
      .returningAll()
      .executeTakeFirst();
    if (!hold) return false;
    const changes = [{ field: 'hold', before: holdId, after: '' }];
    await writeAudit(tx, [{ ...audited(hold, actor_id, trace_id), action: 'hold.released', changes }]);
    return true;
  });
}

export function holds(scope: Scope, workspaceId: string): Promise<Hold[]> {
  return scope.db
    .selectFrom('holds')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('hold_id')
    .limit(mostHolds)
    .execute();
}

function audited({ workspace_id, channel_id, user_id }: Hold, actor_id: string, trace_id: string) {
  return {
    ...{ workspace_id, actor_id, trace_id },
    ...(channel_id !== null && { channel_id }),
    ...(user_id !== null && { user_ids: [user_id] }),
  };
}
