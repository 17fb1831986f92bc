import { history } from '../../calls/messages.ts';
import { markRead, markUnread } from '../../calls/unreads.ts';
import { SlackError } from '../errors.ts';
import { type Reading, readable, type SlackCall, type SlackMethod, said } from '../method.ts';
import { firstIdAt, isTs, millisecondsOfTs } from '../ts.ts';

export const markMethods: SlackMethod[] = [
  {
    name: 'conversations.mark',
    run: async (call) => {
      const { context, caller } = call;
      const channel = await readable(call);
      const { channel_id, access } = channel;
      const seq = await seqAt(call, channel, call.args.needed('ts'));
      const { last_read_seq } = await said(markRead(context, caller, channel_id, seq), access);
      // Slack's marker goes back, too.
      if (last_read_seq > seq) await said(markUnread(context, caller, channel_id, seq + 1), access);
      return {};
    },
  },
];

/** The place of the message that has a ts, or of the last one before that time. */
async function seqAt({ context, caller, times }: SlackCall, channel: Reading, ts: string): Promise<number> {
  if (!isTs(ts)) throw new SlackError('invalid_arguments', 'ts: must be a ts');
  const message = await times.find(channel.id, ts);
  if (message) return message.seq;
  const before = firstIdAt(millisecondsOfTs(ts) + 1).toString();
  const { messages } = await said(history(context, caller, channel.channel_id, { before, limit: 1 }), channel.access);
  return messages[0]?.seq ?? 0;
}
