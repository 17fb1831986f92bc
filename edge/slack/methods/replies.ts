import { thread } from '../../calls/threads.ts';
import { SlackError } from '../errors.ts';
import { readable, readCursor, type SlackMethod, said, writeCursor } from '../method.ts';
import { isShown, slackMessages } from '../shapes/message.ts';
import { idAt, rangeOf } from './range.ts';

export const replyMethods: SlackMethod[] = [
  {
    name: 'conversations.replies',
    run: async (call) => {
      const { context, caller, args, times } = call;
      const { channel_id, id, access } = await readable(call);
      const limit = args.limit(200);
      const range = await rangeOf(call, id);
      const cursor = idAt(readCursor(args.text('cursor'), 'after'));
      const named = await times.find(id, args.needed('ts'));
      if (!named || (named.deleted && named.reply_count === 0))
        throw new SlackError('thread_not_found', 'ts: there is no message with this ts in the channel');
      const rootId = named.thread_id ?? named.message_id;
      const read = (most: number, after?: string) =>
        said(thread(context, caller, channel_id, rootId, { limit: most, after }), access);

      // Slack shows the root first, whatever the bounds are; here once, on the first page.
      const first = cursor === undefined ? await read(1) : undefined;
      const head = first?.messages ?? [];
      const from = [BigInt(rootId), range.after, cursor ?? 0n].reduce((a, b) => (a > b ? a : b)).toString();
      const room = limit - head.length;
      const page =
        room > 0 ? await read(room, from) : { messages: [], has_more_after: (head[0]?.reply_count ?? 0) > 0 };
      const { before } = range;
      const inside = page.messages.filter(({ message_id }) => before === undefined || BigInt(message_id) < before);
      const more = page.has_more_after && inside.length === page.messages.length;

      const shown = [...head, ...inside.filter(isShown)];
      const [...rendered] = await slackMessages({ store: context.store, times }, id, shown);
      if (first && rendered[0]?.reply_count) {
        const reply_users = first.participants;
        rendered[0] = Object.assign(rendered[0], { reply_users, reply_users_count: reply_users.length });
      }
      return {
        messages: rendered.filter(({ ts }, i) => i < head.length || range.holds(ts)),
        has_more: more,
        response_metadata: writeCursor('after', more ? (inside.at(-1)?.message_id ?? from) : null),
      };
    },
  },
];
