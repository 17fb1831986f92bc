import type { Message } from '../../schemas/generated/types.ts';
import { limits } from '../limits.ts';
import type { CallContext, Caller } from './context.ts';

interface Repeated {
  channel_id: string;
  client_msg_id: string;
  thread_id?: string | null | undefined;
}

/**
 * The message that a send repeats, in an archived channel: elsewhere the sequencer tells. Looked for among the newest
 * `limits.page` messages, or the first of the thread: they stand still since, and who tries again does so soon.
 */
export async function repeated(
  { store }: CallContext,
  { workspace_id, user_id }: Caller,
  { channel_id, client_msg_id, thread_id }: Repeated,
): Promise<Message | undefined> {
  const channel = { workspace_id, channel_id };
  const found = thread_id
    ? await store.thread(channel, thread_id, { after: undefined, limit: limits.page })
    : await store.history(channel, { newest: true, limit: limits.page });
  return found?.messages.find(
    (message) => message.client_msg_id === client_msg_id && message.user_id === user_id && !message.imported,
  );
}
