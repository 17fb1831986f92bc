import { MillraceError } from '../../errors/error.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { ChannelChange, ChannelRecord } from '../port.ts';
import { writeAudit } from './audit.ts';
import { channelOf } from './channels.ts';
import { requireFreeName } from './create-channel.ts';
import { nameKey } from './names.ts';
import { writeOutbox } from './outbox.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { ChannelRow } from './tables.ts';

/** The channel's row, which no other transaction can change until this one ends. Error: `not_found`. */
export async function lockChannel(tx: Scope, workspaceId: string, channelId: string): Promise<ChannelRow> {
  const row = await tx.db
    .selectFrom('channels')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .modifyEnd(tx.dialect.lock)
    .executeTakeFirst();
  if (!row) throw new MillraceError('not_found', `channel_id: there is no channel ${channelId}`);
  return row;
}

export function archivedConflict(): MillraceError {
  return new MillraceError('conflict', 'the channel is archived: un-archive it first');
}

/** The port's changeChannel. `archived: false` comes first, so with it other changes of an archived channel are in order. */
export function changeChannel(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  change: ChannelChange,
  request: ChangeRequest,
): Promise<{ channel: ChannelRecord; change_id: number | null }> {
  return inTransaction(scope, async (tx) => {
    const row = await lockChannel(tx, workspaceId, channelId);
    const name = change.name ?? row.name;
    const topic = change.topic ?? row.topic;
    const archived = change.archived === undefined ? row.archived : Number(change.archived);
    const posting = change.posting ?? row.posting;
    if (name === row.name && topic === row.topic && archived === row.archived && posting === row.posting) {
      return { channel: channelOf(row), change_id: null };
    }
    if (row.archived !== 0 && archived !== 0) throw archivedConflict();
    const unique_name = row.type === 'dm' ? null : nameKey(name);
    if (unique_name !== null && unique_name !== row.unique_name) await requireFreeName(tx, workspaceId, name);
    const changed = { name, name_key: nameKey(name), unique_name, topic, archived, posting };
    await tx.db
      .updateTable('channels')
      .set(changed)
      .where('workspace_id', '=', workspaceId)
      .where('channel_id', '=', channelId)
      .execute();
    const channel = channelOf({ ...row, ...changed });
    const { workspace_id: _workspace, channel_id: _channel, ...story } = channel;
    const change_id = await writeOutbox(tx, row, request, [{ change: 'channel', user_ids: [], channel: story }]);
    const changes = (['name', 'topic', 'archived', 'posting'] as const)
      .filter((field) => channelOf(row)[field] !== channel[field])
      .map((field) => ({ field, before: String(channelOf(row)[field]), after: String(channel[field]) }));
    const { actor_id, trace_id } = request;
    await writeAudit(tx, [
      { workspace_id: workspaceId, actor_id, trace_id, action: 'channel.changed', channel_id: channelId, changes },
    ]);
    return { channel, change_id };
  });
}
