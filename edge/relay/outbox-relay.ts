import type { Logger } from 'pino';
import type { Directory, OutboxRow } from '../../platform/directory/port.ts';
import { channelKey } from '../../platform/keys.ts';
import type { Append, Log } from '../../platform/log/port.ts';
import { Relay } from './relay.ts';

const batchSize = 200;

/** Changes of channels and their members, on their way to the channels' stories. The sequencer knows a repeat by its change_id. */
export function outboxRelay(directory: Directory, log: Log, logger: Logger): Relay {
  const step = async (): Promise<boolean> => {
    const rows = await directory.outbox(0, batchSize);
    if (rows.length === 0) return false;
    await log.append(rows.map(commandOf));
    await directory.settleOutbox(rows.map((row) => row.change.change_id));
    return true;
  };
  return new Relay('the outbox', step, logger);
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
