import { MillraceError } from '../../platform/errors/error.ts';
import { limits } from '../limits.ts';
import { allow, mayReadEdits } from '../policy.ts';
import { timeText } from '../wire/time.ts';
import type { CallContext, Caller } from './context.ts';
import { storedMessage } from './messages.ts';

/** Earlier texts of a message, the newest first. */
export async function edits(context: CallContext, caller: Caller, channelId: string, messageId: string) {
  allow('read_edits', await context.access.of(caller, channelId), caller);
  const message = await storedMessage(context, caller, channelId, messageId);
  if (!mayReadEdits(caller, message.user_id))
    throw new MillraceError('forbidden', 'earlier texts are read by the author, an admin or an owner');
  const channel = { workspace_id: caller.workspace_id, channel_id: channelId };
  const versions = await context.store.versions(channel, messageId, limits.page);
  return { versions: versions.map(({ rev, text, time }) => ({ rev, text, written_at: timeText(time) })) };
}
