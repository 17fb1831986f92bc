import type { MessageTimes } from '../../edge/slack/message-times.ts';
import type { ChannelId, MessageStore } from '../../platform/messages/port.ts';
import type { Message } from '../../schemas/generated/types.ts';
import type { ExportedMessage, ExportRecord } from './records.ts';

const page = 200;

/**
 * A channel's messages, a page at a time: each root, then its replies; then threads that go on under roots that retention took. Of
 * one person's: theirs, and their reactions.
 */
export class ChannelMessages {
  constructor(
    private readonly store: MessageStore,
    private readonly times: MessageTimes,
    private readonly channel: ChannelId,
    private readonly userId: string | undefined,
  ) {}

  async *read(): AsyncGenerator<ExportRecord> {
    let after = '0';
    for (let more = true; more; ) {
      const { messages, has_more_after } = await this.store.history(this.channel, { after, limit: page });
      const times = await this.times.of(this.channel, messages);
      for (const root of messages) yield* this.thread(root, times.get(root.message_id)!);
      yield { kind: 'progress', roots: messages.length };
      after = messages.at(-1)?.message_id ?? after;
      more = has_more_after;
    }
    for (let from = '0'; ; ) {
      const roots = await this.store.goingOn(this.channel, from, page);
      for (const id of roots) {
        const root = (await this.store.thread(this.channel, id, { limit: 1 }))?.messages[0];
        if (root) yield* this.thread(root, await this.times.ofOne(this.channel, root));
      }
      from = roots.at(-1) ?? from;
      if (roots.length < page) return;
    }
  }

  private async *thread(root: Message, ts: string): AsyncGenerator<ExportRecord> {
    yield* this.records(root, ts, null);
    if (root.reply_count > 0) yield* this.replies(root, ts);
  }

  private async *replies(root: Message, rootTs: string): AsyncGenerator<ExportRecord> {
    let after = root.message_id;
    for (let more = true; more; ) {
      const thread = await this.store.thread(this.channel, root.message_id, { after, limit: page });
      const messages = thread?.messages ?? [];
      const times = await this.times.of(this.channel, messages);
      for (const reply of messages)
        yield* this.records(reply, times.get(reply.message_id)!, { ts: rootTs, user_id: root.user_id });
      after = messages.at(-1)?.message_id ?? after;
      more = thread?.has_more_after ?? false;
    }
  }

  /** A deleted message is left out, but for a root that holds a thread together. */
  private *records(message: Message, ts: string, root: ExportedMessage['root']): Generator<ExportRecord> {
    const { channel_id } = this.channel;
    if (message.deleted && (message.reply_count === 0 || this.userId !== undefined)) return;
    if (this.userId === undefined || message.user_id === this.userId)
      yield { kind: 'message', channel_id, message, ts, root };
    if (this.userId === undefined) return;
    const emoji = message.reactions.filter(({ user_ids }) => user_ids.includes(this.userId!)).map((one) => one.emoji);
    if (emoji.length > 0) yield { kind: 'reaction', channel_id, ts, emoji };
  }
}
