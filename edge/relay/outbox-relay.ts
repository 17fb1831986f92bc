import type { Logger } from 'pino';
import type { Directory, OutboxRow } from '../../platform/directory/port.ts';
import { channelKey } from '../../platform/keys.ts';
import type { Append, Log } from '../../platform/log/port.ts';
import { Relay } from './relay.ts';

const batchSize = 200;

/** Changes of channels and their members, on their way to the channels' stories. The sequencer knows a repeat by its change_id. */
export function outboxRelay(directory: Directory, log: Log, logger: Logger, regions: boolean): Relay {
  const step = async (): Promise<boolean> => {
    const rows = await directory.outbox(0, batchSize);
    if (rows.length === 0) return false;
    await log.append((regions ? await withChannels(directory, rows) : rows).map(commandOf));
    await directory.settleOutbox(rows.map((row) => row.change.change_id));
    return true;
  };
  return new Relay('the outbox', step, logger);
}

/** Other regions make the channel by this, where they do not have it yet. */
async function withChannels(directory: Directory, rows: OutboxRow[]): Promise<OutboxRow[]> {
  return Promise.all(
    rows.map(async (row) => {
      if (row.change.change !== 'joined') return row;
      const [found] = await directory.channelsById(row.workspace_id, [row.channel_id]);
      if (!found) return row;
      const { workspace_id: _workspace, channel_id: _channel, ...channel } = found;
      return { ...row, change: { ...row.change, channel } };
    }),
  );
}

function commandOf({ workspace_id, channel_id, actor_id, reply_to, trace_id, change }: OutboxRow): Append {
  const value = {
    workspace_id,
    channel_id,
    actor_id,
    reply_to,
    trace_id,
    carried: null,
    home: null,
    body: { DirectoryChange: change },
  };
  return { topic: 'message_commands', key: channelKey(workspace_id, channel_id), schema: 'MessageCommand', value };
}
