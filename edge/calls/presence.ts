import { LRUCache } from 'lru-cache';
import { MillraceError } from '../../platform/errors/error.ts';
import { channelKey } from '../../platform/keys.ts';
import type { SetStatus } from '../../platform/presence/port.ts';
import { limits } from '../limits.ts';
import { timeOf, timeText } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';
import { statusesOf } from './statuses.ts';

/** The device of people who set their presence by REST, without a socket. */
export const restDevice = 'rest';

export async function presence(context: CallContext, caller: Caller, userIds: string[]) {
  if (userIds.length > limits.page)
    throw new MillraceError('invalid_request', `user_id: at most ${limits.page} at once`);
  const people = userIds.map((user_id) => ({ workspace_id: caller.workspace_id, user_id }));
  const states = await statusesOf(context, people);
  return {
    presence: userIds.map((user_id, i) => {
      const { status, last_active_at, until } = states[i]!;
      return {
        user_id,
        status,
        ...(last_active_at !== undefined && { last_active_at: timeText(last_active_at) }),
        ...(until !== undefined && { until: timeText(until) }),
      };
    }),
  };
}

export async function setPresence(context: CallContext, caller: Caller, status: SetStatus, until?: string) {
  await setStatus(context, caller, status, until);
  // Without a socket the call itself is the sign of life, for as long as a lease.
  const [state] = await statusesOf(context, [caller]);
  if (state!.status === 'offline') await context.presence.touch(caller, restDevice);
  return presence(context, caller, [caller.user_id]);
}

/** Sets a status by hand, until a time if wished. Errors: `invalid_request` for a time that is none, past, or too far. */
export async function setStatus(context: CallContext, caller: Caller, status: SetStatus, until?: string) {
  if (until === undefined) return context.presence.setStatus(caller, status);
  if (status === 'online') throw new MillraceError('invalid_request', 'until: online has no end; leave it out');
  const time = timeOf('until', until);
  const left = time - Date.now();
  if (left <= 0 || left > limits.status_days * 86_400_000)
    throw new MillraceError('invalid_request', `until: must lie in the next ${limits.status_days} days`);
  return context.presence.setStatus(caller, status, time);
}

const typingEvery_ms = 3000;

/** Who typed where lately; at its bound the oldest may be told once more. */
const typed = new LRUCache<string, true>({ max: 20_000, ttl: typingEvery_ms });

/**
 * Tells a channel's open sockets, at most once in three seconds for each person and channel; none of a large channel, where it
 * would be a frame to each of thousands for every key. Kept nowhere.
 */
export async function typing(context: CallContext, caller: Caller, channelId: string): Promise<void> {
  const { workspace_id, user_id } = caller;
  const key = typedKey(caller, channelId);
  if (typed.has(key)) return;
  typed.set(key, true);
  const access = await context.access.of(caller, channelId);
  if (!access || access.channel.member_count > limits.typing_members) return;
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
