import type { ChannelHome } from '../../../schemas/generated/types.ts';
import { isNewerHome } from '../../regions/home.ts';
import type { ChangeRequest } from '../change-request.ts';
import { writeAudit } from './audit.ts';
import { lockChannel } from './change-channel.ts';
import { channelOf, homeOf } from './channels.ts';
import { writeOutbox } from './outbox.ts';
import { inTransaction, type Scope } from './scope.ts';

/** The port's moveHome. */
export function moveHome(
  scope: Scope,
  workspaceId: string,
  channelId: string,
  home: ChannelHome,
  request: ChangeRequest,
): Promise<boolean> {
  return inTransaction(scope, async (tx) => {
    const row = await lockChannel(tx, workspaceId, channelId);
    const before = homeOf(row.home);
    if (before && !isNewerHome(home, before)) return false;
    const text = JSON.stringify(home);
    await tx.db
      .updateTable('channels')
      .set({ home: text })
      .where('workspace_id', '=', workspaceId)
      .where('channel_id', '=', channelId)
      .execute();
    if (request.region === undefined) {
      const { workspace_id: _workspace, channel_id: _channel, ...story } = channelOf({ ...row, home: text });
      await writeOutbox(tx, row, request, [{ change: 'channel', user_ids: [], channel: story }]);
    }
    const { actor_id, trace_id } = request;
    const changes = [{ field: 'home', before: row.home ?? '', after: text }];
    await writeAudit(tx, [
      { workspace_id: workspaceId, actor_id, trace_id, action: 'channel.changed', channel_id: channelId, changes },
    ]);
    return true;
  });
}
