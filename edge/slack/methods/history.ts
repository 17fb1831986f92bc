import { history } from '../../calls/messages.ts';
import type { WireMessage } from '../../wire/message.ts';
import { readable, readCursor, type SlackMethod, said, writeCursor } from '../method.ts';
import { isShown, slackMessages } from '../shapes/message.ts';
import { idAt, rangeOf } from './range.ts';

/** Pages of messages that are read for one answer, where deleted ones would leave it short. */
const mostPages = 10;

export const historyMethods: SlackMethod[] = [
  {
    name: 'conversations.history',
    run: async (call) => {
      const { context, caller, args, times } = call;
      const { channel_id, id, access } = await readable(call);
      const limit = args.limit(100);
      const range = await rangeOf(call, id);
      const cursor = idAt(readCursor(args.text('cursor'), 'before'));
      let before = cursor ?? range.before;
      const shown: WireMessage[] = [];
      let more = true;
      for (let page = 0; more && shown.length < limit && page < mostPages; page++) {
        const bound = before === undefined ? {} : { before: before.toString() };
        const read = history(context, caller, channel_id, { ...bound, limit: limit - shown.length });
        const { messages, has_more_before } = await said(read, access);
        const inside = messages.filter(({ message_id }) => BigInt(message_id) > range.after);
        shown.unshift(...inside.filter(isShown));
        more = has_more_before && inside.length === messages.length;
        if (messages[0]) before = BigInt(messages[0].message_id);
      }
      const next = writeCursor('before', more ? before!.toString() : null);
      const rendered = await slackMessages({ store: context.store, times }, id, shown.reverse());
      return {
        messages: rendered.filter(({ ts }) => range.holds(ts)),
        has_more: more,
        response_metadata: next,
      };
    },
  },
];
