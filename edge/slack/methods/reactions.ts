import { change } from '../../calls/messages.ts';
import { SlackError } from '../errors.ts';
import { readable, type SlackCall, type SlackMethod, said } from '../method.ts';
import { found } from './found.ts';

export const reactionMethods: SlackMethod[] = [
  {
    name: 'reactions.add',
    run: async (call) => {
      const { emoji, has, work } = await named(call, 'react');
      if (has) throw new SlackError('already_reacted', `name: you have reacted with ${emoji} already`);
      await work();
      return {};
    },
  },
  {
    name: 'reactions.remove',
    run: async (call) => {
      const { emoji, has, work } = await named(call, 'unreact');
      if (!has) throw new SlackError('no_reaction', `name: you have not reacted with ${emoji}`);
      await work();
      return {};
    },
  },
];

/** The reaction that a call is about, whether the caller has it, and what changes that. */
async function named(call: SlackCall, kind: 'react' | 'unreact') {
  const { context, caller, args } = call;
  const emoji = args.needed('name').replace(/^:(.+):$/, '$1');
  if ([...emoji].length > 64 || /[\p{Cc} ]/u.test(emoji)) throw new SlackError('invalid_name', 'name: is no emoji’s');
  const channel = await readable(call);
  const { message_id, reactions } = await found(call, channel, args.needed('timestamp'));
  const has = reactions.some((one) => one.emoji === emoji && one.user_ids.includes(caller.user_id));
  const { channel_id, access } = channel;
  const words = { conflict: 'too_many_reactions', not_found: 'message_not_found' } as const;
  const work = () => said(change(context, caller, kind, { channel_id, message_id, emoji }), access, words);
  return { emoji, has, work };
}
