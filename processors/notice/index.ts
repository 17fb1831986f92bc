import { Type } from '@sinclair/typebox';
import { defineProcessor } from '../../runtime/processor.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';

export default defineProcessor({
  doc: 'Leaves new messages alone on their way to those who are not here, and edits that name someone new: no reactions, nothing imported.',
  inputs: ['MessageEvent'],
  outputs: { notices: 'Notice' },
  options: Type.Object({}, { additionalProperties: false }),
  create: () => (_state, input) => {
    const { workspace_id, channel_id, rev, seq, body } = input.value as MessageEvent;
    if (!('MessageChanged' in body)) return [];
    const { kind, message } = body.MessageChanged;
    const edited = kind === 'edited';
    if ((kind !== 'created' && !edited) || (message.imported && !edited)) return [];
    const { message_id, thread_id, user_id: author_id } = message;
    // An edit tells those whom it names, and who were not named before.
    const mentions = message.mentions
      .concat(message.reached)
      .filter((mention) => !edited || mention.rev === rev)
      .map(({ user_id }) => user_id);
    const named = [...new Set([...mentions, ...(edited ? [] : message.mentions_here)])];
    const everyone = edited ? message.mentions_channel === rev : message.mentions_channel > 0;
    if (edited && named.length === 0 && !everyone) return [];
    const value = {
      workspace_id,
      channel_id,
      message_id,
      rev,
      seq,
      thread_id,
      author_id,
      named,
      everyone,
      edited,
    };
    return [{ to: 'notices', schema: 'Notice', key: input.key, value }];
  },
});
