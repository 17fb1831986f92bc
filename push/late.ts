import type { Person } from '../platform/directory/person.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { Message, PushDue } from '../schemas/generated/types.ts';

/** What takes longer from a message to its candidate is late: it takes milliseconds, unless a worker was away. */
const usual_ms = 2_000;
/** Nothing waits for the candidates of a message longer than this after it was sent. */
const most_ms = 60_000;
/** A longer burst is told by what of it is known. */
const looked = 50;

/**
 * Whether messages that follow the one that is due name the person and have had the time to be part of this push, but are
 * not: a worker was away, and their candidates are on their way. A push that waits for them tells all of a burst at once.
 */
export async function isOvertaken(
  store: Pick<MessageStore, 'eventsAfter'>,
  { workspace_id, user_id, channel_id, rev }: PushDue,
  direct: boolean,
  now_ms: number,
): Promise<boolean> {
  const events = (await store.eventsAfter({ workspace_id, channel_id }, rev, looked)) ?? [];
  return events.some((event) => {
    if (!('message' in event) || event.kind !== 'created') return false;
    const age_ms = now_ms - event.message.created_at;
    return age_ms > usual_ms && age_ms < most_ms && reaches(event.message, { workspace_id, user_id }, direct);
  });
}

function reaches(message: Message, { user_id }: Person, direct: boolean): boolean {
  if (message.deleted || message.imported || message.user_id === user_id) return false;
  return direct || message.mentions_channel > 0 || message.mentions.some((mention) => mention.user_id === user_id);
}
