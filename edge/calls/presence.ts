import { LRUCache } from 'lru-cache';
import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { SetStatus } from '../../platform/presence/port.ts';
import { limits } from '../limits.ts';
import { timeText } from '../wire/message.ts';
import type { CallContext, Caller } from './context.ts';

/** The device of people who set their presence by REST, without a socket. */
export const restDevice = 'rest';

export async function presence(context: CallContext, caller: Caller, userIds: string[]) {
  if (userIds.length > limits.page)
    throw new MillraceError('invalid_request', `user_id: at most ${limits.page} at once`);
  const states = await context.presence.statuses(
    userIds.map((user_id) => ({ workspace_id: caller.workspace_id, user_id })),
  );
  return {
    presence: userIds.map((user_id, i) => {
      const { status, last_active_at } = states[i]!;
      return { user_id, status, ...(last_active_at === undefined ? {} : { last_active_at: timeText(last_active_at) }) };
    }),
  };
}

export async function setPresence(context: CallContext, caller: Caller, status: SetStatus) {
  await context.presence.setStatus(caller, status);
  // Without a socket the call itself is the sign of life, for as long as a lease.
  const [state] = await context.presence.statuses([caller]);
  if (state!.status === 'offline') await context.presence.touch(caller, restDevice);
  return presence(context, caller, [caller.user_id]);
}

const typingEvery_ms = 3000;

/** Who typed where lately; at its bound the oldest may be told once more. */
const typed = new LRUCache<string, true>({ max: 20_000, ttl: typingEvery_ms });

/** Tells a channel's open sockets, at most once in three seconds for each person and channel. Kept nowhere. */
export async function typing(context: CallContext, caller: Caller, channelId: string): Promise<void> {
  const { workspace_id, user_id } = caller;
  const key = typedKey(caller, channelId);
  if (typed.has(key)) return;
  typed.set(key, true);
  const value = { workspace_id, channel_id: channelId, user_id };
  await context.log.append([{ topic: 'typing', key: channelKey(workspace_id, channelId), schema: 'Typing', value }]);
}

/** What was typed has been sent: the next key press is news again. */
export function doneTyping(caller: Caller, channelId: string): void {
  typed.delete(typedKey(caller, channelId));
}

function typedKey({ workspace_id, user_id }: Caller, channelId: string): string {
  return `${channelKey(workspace_id, channelId)}\0${user_id}`;
}
