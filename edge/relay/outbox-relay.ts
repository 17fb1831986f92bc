import type { Logger } from 'pino';
import type { Directory, OutboxRow } from '../../platform/directory/port.ts';
import { channelKey } from '../../platform/keys.ts';
import type { Append, Log } from '../../platform/log/port.ts';
import { limits } from '../limits.ts';
import { isQuiet, MemberBursts } from './member-bursts.ts';
import { Relay } from './relay.ts';

const batchSize = 200;

/** Changes of channels and their members, on their way to the channels' stories. The sequencer knows a repeat by its change_id. */
export function outboxRelay(directory: Directory, log: Log, logger: Logger, regions: boolean): Relay {
  const bursts = new MemberBursts();
  const step = async (): Promise<boolean> => {
    const rows = await directory.outbox(0, batchSize);
    if (rows.length === 0) return false;
    const large = await largeAmong(directory, rows.filter(isQuiet));
    const isLarge = (row: OutboxRow): boolean => large.has(channelKey(row.workspace_id, row.channel_id));
    const due = bursts.due(rows, isLarge, { now: Date.now(), isFull: rows.length >= batchSize });
    if (due.length === 0) return false;
    const sent = due.map(({ row }) => row);
    await log.append((regions ? await withChannels(directory, sent) : sent).map(commandOf));
    await directory.settleOutbox(due.flatMap(({ change_ids }) => change_ids));
    return true;
  };
  return new Relay('the outbox', step, logger);
}

/** Of the channels of these rows the large ones, by their keys. */
async function largeAmong(directory: Directory, rows: OutboxRow[]): Promise<Set<string>> {
  const byWorkspace = new Map<string, Set<string>>();
  for (const { workspace_id, channel_id } of rows)
    byWorkspace.set(workspace_id, (byWorkspace.get(workspace_id) ?? new Set()).add(channel_id));
  const found = await Promise.all(
    [...byWorkspace].map(([workspace_id, channels]) => directory.channelsById(workspace_id, [...channels])),
  );
  const large = found.flat().filter(({ member_count }) => member_count > limits.bursts_members);
  return new Set(large.map(({ workspace_id, channel_id }) => channelKey(workspace_id, channel_id)));
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
