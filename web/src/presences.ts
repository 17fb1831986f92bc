import { type MillraceSession, PresenceWatcher } from '../../client/index.ts';
import { paintPresence } from './presence-dot.ts';

/** Watches who is there, of the people on the screen, and keeps their dots current. */
export function watchPresences(session: MillraceSession): PresenceWatcher {
  const watcher = new PresenceWatcher({ session });
  watcher.events.on('change', ({ user_id, status }) => paintPresence(user_id, status));
  return watcher;
}
