import { MillraceError } from '../../platform/errors/error.ts';
import { personKey } from '../../platform/keys.ts';
import type { Unread } from '../../platform/messages/port.ts';
import type { CallContext, Caller } from './context.ts';

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

/** Moves last-read forward, at most to the head. `replyTo` lets a socket tell its own call from its other devices'. */
export async function markRead(
  context: CallContext,
  caller: Caller,
  channelId: string,
  seq: number,
  onOpen: (request: number) => void = () => undefined,
) {
  const access = await context.access.of(caller, channelId);
  if (!access?.member) {
    const hidden = access?.channel.type !== 'public' || caller.role === 'guest';
    throw hidden
      ? new MillraceError('not_found', 'channel_id: there is no such channel')
      : new MillraceError('forbidden', 'you are not in this channel: join it first');
  }
  const { workspace_id, user_id } = caller;
  const channel = { workspace_id, channel_id: channelId };
  const head = await context.store.head(channel);
  const before = await context.store.marker(caller, channelId);
  const last_read_seq = Math.min(seq, head.seq);
  const last_read_rev = await context.store.revBefore(channel, last_read_seq);
  const marker = { epoch: before.epoch, last_read_seq, last_read_rev };
  const request = context.gateway.requests.open();
  onOpen(request.reply_to.request);
  try {
    const value = { workspace_id, user_id, channel_id: channelId, marker, reply_to: request.reply_to };
    await context.log.append([
      { topic: 'read_commands', key: personKey(workspace_id, user_id), schema: 'ReadCommand', value },
    ]);
  } catch (error) {
    request.cancel();
    throw new MillraceError('unavailable', 'the log does not take writes now: send it again', {
      retryAfter: 1,
      cause: error,
    });
  }
  await request.outcome;
  return readState(context, caller, channelId);
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
