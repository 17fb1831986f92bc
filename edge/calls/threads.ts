import { limits } from '../limits.ts';
import { allow } from '../policy.ts';
import { wireMessage } from '../wire/message.ts';
import type { CallContext, Caller } from './context.ts';
import { checkMessageId, noMessage, storedMessage } from './messages.ts';
import { personCommand } from './person-command.ts';
import type { OnOpen } from './unreads.ts';

export async function thread(
  context: CallContext,
  caller: Caller,
  channelId: string,
  messageId: string,
  query: { limit?: number | undefined; after?: string | undefined },
) {
  if (query.after !== undefined) checkMessageId('after', query.after);
  allow('read', await context.access.of(caller, channelId), caller);
  const channel = { workspace_id: caller.workspace_id, channel_id: channelId };
  const found = await context.store.thread(channel, messageId, {
    after: query.after,
    limit: query.limit ?? limits.page_default,
  });
  if (!found) throw noMessage();
  const one = found.messages[0] ?? (await storedMessage(context, caller, channelId, messageId));
  const rootId = one.thread_id ?? one.message_id;
  const { participants, last_read_id } = await context.store.threadState(caller, channelId, rootId);
  return {
    messages: found.messages.map((message) => wireMessage(channel, message)),
    has_more_after: found.has_more_after,
    participants,
    last_read_id,
  };
}

/** Moves one's last-read of a thread forward to a reply, never back. Error: `not_found` for what is no reply in it. */
export async function markThreadRead(
  context: CallContext,
  caller: Caller,
  { channel_id, thread_id, message_id }: { channel_id: string; thread_id: string; message_id: string },
  onOpen?: OnOpen,
) {
  allow('mark_read', await context.access.of(caller, channel_id), caller);
  const reply = await storedMessage(context, caller, channel_id, message_id);
  if (reply.thread_id !== thread_id) throw noMessage();
  const { workspace_id, user_id } = caller;
  await personCommand(context, caller, onOpen, (reply_to) => ({
    schema: 'ThreadReadCommand',
    value: { workspace_id, user_id, channel_id, thread_id, last_read_id: message_id, reply_to },
  }));
  const { last_read_id } = await context.store.threadState(caller, channel_id, thread_id);
  return { channel_id, thread_id, last_read_id };
}
