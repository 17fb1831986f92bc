import type { Person } from '../../platform/directory/person.ts';
import { messageOf } from '../../platform/errors/error.ts';
import type { PresenceState } from '../../platform/presence/port.ts';
import type { CallContext } from './context.ts';

/** In the order asked for. While presence does not answer everyone is offline, and what asks goes on. */
export async function statusesOf(
  { presence, logger }: Pick<CallContext, 'presence' | 'logger'>,
  people: Person[],
): Promise<PresenceState[]> {
  try {
    return await presence.statuses(people);
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'presence does not answer: everyone is offline');
    return people.map(() => ({ status: 'offline', last_active_at: undefined, until: undefined }));
  }
}
