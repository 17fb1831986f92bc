import type { ChannelId, MessageStore } from '../../platform/messages/port.ts';
import type { Message } from '../../schemas/generated/types.ts';

const page = 200;

/** Every message of a channel: roots as they are read, each with its replies; then threads that go on under roots that were trimmed. */
export async function* everyMessage(store: MessageStore, channel: ChannelId): AsyncGenerator<Message> {
  let after = '0';
  for (let more = true; more; ) {
    const { messages, has_more_after } = await store.history(channel, { after, limit: page });
    for (const root of messages) {
      yield root;
      if (root.reply_count > 0) yield* replies(store, channel, root.message_id);
    }
    after = messages.at(-1)?.message_id ?? after;
    more = has_more_after && messages.length > 0;
  }
  for (let from = '0'; ; ) {
    const roots = await store.goingOn(channel, from, page);
    for (const root of roots) yield* replies(store, channel, root);
    from = roots.at(-1) ?? from;
    if (roots.length < page) return;
  }
}

async function* replies(store: MessageStore, channel: ChannelId, root: string): AsyncGenerator<Message> {
  let after = root;
  for (let more = true; more; ) {
    const thread = await store.thread(channel, root, { after, limit: page });
    const messages = thread?.messages ?? [];
    yield* messages;
    after = messages.at(-1)?.message_id ?? after;
    more = (thread?.has_more_after ?? false) && messages.length > 0;
  }
}
