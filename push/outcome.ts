import { personKey } from '../platform/keys.ts';
import type { Append } from '../platform/log/port.ts';
import type { Push } from '../platform/push/port.ts';
import type { PushDue, PushOutcome } from '../schemas/generated/types.ts';

/** What was due, and what became of it. */
export interface Answered {
  due: PushDue;
  pushes: Push[];
  /** In a provider's own words. */
  refused: string[];
  /** When quiet hours end, or candidates that are late should be there; 0: there is nothing to wait for. */
  again_at: number;
}

/** The record by which `hold-push` learns whether there is anything on a screen. */
export function outcomeOf({ due, pushes, again_at }: Answered, isSent: (pushId: string) => boolean): Append {
  const { workspace_id, user_id, channel_id, message_id, rev, thread_id } = due;
  const sent = pushes.some(({ push_id }) => isSent(push_id));
  const value: PushOutcome = { workspace_id, user_id, channel_id, message_id, rev, thread_id, sent, again_at };
  return { topic: 'push_outcomes', key: personKey(workspace_id, user_id), schema: 'PushOutcome', value };
}
