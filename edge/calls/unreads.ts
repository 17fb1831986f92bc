import { MillraceError } from '../../platform/errors/error.ts';
import type { Unread } from '../../platform/messages/port.ts';
import type { ReadMarker } from '../../schemas/generated/types.ts';
import { allow } from '../policy.ts';
import type { CallContext, Caller } from './context.ts';
import { personCommand } from './person-command.ts';

/** Channels whose commands are under way at once: they share commits, and nobody else's wait long behind them. */
const markedAtOnce = 50;

export async function unreads(context: CallContext, caller: Caller) {
  const joined = (await context.store.memberships(caller)).filter((membership) => membership.joined);
  const ids = joined.map((membership) => membership.channel_id);
  const found: Unread[] = [];
  for (let from = 0; from < ids.length; from += 1000)
    found.push(...(await context.store.unreads(caller, ids.slice(from, from + 1000))));
  return {
    channels: found,
    total_unread: found.reduce((sum, { unread }) => sum + unread, 0),
    total_mentions: found.reduce((sum, { mentions }) => sum + mentions, 0),
  };
}

/** Word for the socket that asks: its own call's number, by which it is told apart from those of other devices. */
export type OnOpen = (request: number) => void;

/** Moves last-read forward, at most to the head. */
export async function markRead(context: CallContext, caller: Caller, channelId: string, seq: number, onOpen?: OnOpen) {
  allow('mark_read', await context.access.of(caller, channelId), caller);
  const channel = { workspace_id: caller.workspace_id, channel_id: channelId };
  const head = await context.store.head(channel);
  const before = await context.store.marker(caller, channelId);
  const last_read_seq = Math.min(seq, head.seq);
  const last_read_rev = await context.store.revBefore(channel, last_read_seq);
  await readCommand(context, caller, channelId, { ...before, last_read_seq, last_read_rev }, onOpen);
  return readState(context, caller, channelId);
}

/** Makes a message and all behind it unread; what lies before it counts as read. Error: `invalid_request` beyond the head. */
export async function markUnread(
  context: CallContext,
  caller: Caller,
  channelId: string,
  seq: number,
  onOpen?: OnOpen,
) {
  allow('mark_read', await context.access.of(caller, channelId), caller);
  const channel = { workspace_id: caller.workspace_id, channel_id: channelId };
  const head = await context.store.head(channel);
  if (seq > head.seq)
    throw new MillraceError(
      'invalid_request',
      `seq: the channel has messages up to ${head.seq}, and none to mark here`,
    );
  const { epoch } = await context.store.marker(caller, channelId);
  const marker = {
    epoch: epoch + 1,
    last_read_seq: seq - 1,
    last_read_rev: await context.store.revBefore(channel, seq - 1),
    since_rev: head.rev,
  };
  await readCommand(context, caller, channelId, marker, onOpen);
  return readState(context, caller, channelId);
}

/** Reads each of one's channels up to its head. */
export async function markAllRead(context: CallContext, caller: Caller) {
  const { channels } = await unreads(context, caller);
  const behind = channels.filter(({ unread, mentions }) => unread > 0 || mentions > 0);
  const { workspace_id } = caller;
  for (let from = 0; from < behind.length; from += markedAtOnce) {
    await Promise.all(
      behind.slice(from, from + markedAtOnce).map(async ({ channel_id }) => {
        const [head, before] = await Promise.all([
          context.store.head({ workspace_id, channel_id }),
          context.store.marker(caller, channel_id),
        ]);
        const marker = { ...before, last_read_seq: head.seq, last_read_rev: head.rev };
        await readCommand(context, caller, channel_id, marker);
      }),
    );
  }
  return unreads(context, caller);
}

async function readCommand(
  context: CallContext,
  caller: Caller,
  channel_id: string,
  marker: ReadMarker,
  onOpen?: OnOpen,
): Promise<void> {
  const { workspace_id, user_id } = caller;
  await personCommand(context, caller, onOpen, (reply_to) => ({
    schema: 'ReadCommand',
    value: { workspace_id, user_id, channel_id, marker, reply_to, region: null },
  }));
}

/** What the store has of a person's reading of a channel. */
export async function readState(
  context: Pick<CallContext, 'store'>,
  person: { workspace_id: string; user_id: string },
  channelId: string,
) {
  const [state] = await context.store.unreads(person, [channelId]);
  const { last_read_seq, unread, mentions } = state!;
  return { channel_id: channelId, last_read_seq, unread, mentions };
}
