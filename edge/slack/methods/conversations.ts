import { addMember, channel, channels, createChannel, members } from '../../calls/channels.ts';
import type { WireChannel } from '../../wire/message.ts';
import { SlackError } from '../errors.ts';
import { readable, readableById, readCursor, type SlackCall, type SlackMethod, said, writeCursor } from '../method.ts';
import { conversationType, conversationTypes, slackChannel } from '../shapes/channel.ts';

export const conversationMethods: SlackMethod[] = [
  {
    name: 'conversations.list',
    run: async (call) => {
      const { args } = call;
      const types = typesOf(args.list('types'));
      const unarchived = args.flag('exclude_archived');
      // One's own first; behind them, where public ones are asked for, those to join.
      const own = readCursor(args.text('cursor'), 'own');
      const page = await pageOf(call, own ?? first, types.includes('public_channel'));
      const wanted = page.channels.filter(
        (one) => types.includes(conversationType(one)) && !(unarchived && one.archived),
      );
      return {
        channels: await Promise.all(wanted.map((one) => shownTo(call, one, page.member))),
        response_metadata: writeCursor('own', page.next),
      };
    },
  },
  {
    name: 'conversations.info',
    run: async (call) => {
      const { context, caller } = call;
      const { channel_id, access } = await readable(call);
      const found = await said(channel(context, caller, channel_id), access);
      return { channel: await shownTo(call, found.channel, access.member) };
    },
  },
  {
    name: 'conversations.members',
    run: async (call) => {
      const { context, caller, args } = call;
      const { channel_id, access } = await readable(call);
      const cursor = readCursor(args.text('cursor'), 'members');
      const page = members(context, caller, channel_id, { cursor, limit: args.limit(100) });
      const found = await said(page, access, { invalid_request: 'invalid_cursor' });
      return {
        members: found.members.map(({ user_id }) => user_id),
        response_metadata: writeCursor('members', found.next_cursor),
      };
    },
  },
  {
    name: 'conversations.join',
    run: async (call) => {
      const { context, caller } = call;
      const { channel_id, access } = await readable(call);
      if (conversationType(access.channel) !== 'public_channel')
        throw new SlackError('method_not_supported_for_channel_type', 'channel: only public channels are joined');
      await said(addMember(context, caller, channel_id, caller.user_id), access);
      const found = await said(channel(context, caller, channel_id), access);
      const joined = { channel: await shownTo(call, found.channel, true) };
      if (!access.member) return joined;
      const warning = 'already_in_channel';
      return { ...joined, warning, response_metadata: { warnings: [warning] } };
    },
  },
  {
    name: 'conversations.open',
    run: async (call) => {
      const { context, caller, args } = call;
      const users = args.list('users');
      if (args.has('channel')) {
        const { channel_id, access } = await readable(call);
        if (access.channel.type !== 'dm')
          throw new SlackError('method_not_supported_for_channel_type', 'channel: is no direct message');
        return opened(call, channel_id, true);
      }
      if (users.length === 0) throw new SlackError('invalid_users_list', 'users: give the people to write to');
      const dm = createChannel(context, caller, { type: 'dm', members: users }, undefined);
      const words = { not_found: 'user_not_found', invalid_request: 'invalid_users_list' } as const;
      const made = await said(dm, undefined, words);
      return opened(call, made.channel.channel_id, !made.created);
    },
  },
];

/** Stands for the first page, which has no cursor of the directory. */
const first = 'own:';
const others = 'others:';

/** A page of one's own channels, or of the others to join, and where the next one begins. */
async function pageOf({ context, caller, args }: SlackCall, at: string, withOthers: boolean) {
  const member = at.startsWith(first);
  const cursor = at.slice(at.indexOf(':') + 1) || undefined;
  const read = channels(context, caller, member, { cursor, limit: args.limit(100) });
  const { channels: found, next_cursor } = await said(read, undefined, { invalid_request: 'invalid_cursor' });
  const after = next_cursor === null ? null : `${member ? first : others}${next_cursor}`;
  return { channels: found, member, next: after ?? (member && withOthers ? others : null) };
}

/** Error: `invalid_types`. */
function typesOf(named: string[]): string[] {
  const types = named.length === 0 ? ['public_channel'] : named;
  const odd = types.find((type) => !conversationTypes.includes(type));
  if (odd !== undefined) throw new SlackError('invalid_types', `types: there are ${conversationTypes.join(', ')}`);
  return types;
}

/** A channel as the caller sees it; an im names the other one of the two. */
async function shownTo({ context, caller }: SlackCall, wire: WireChannel, member: boolean) {
  if (conversationType(wire) !== 'im') return slackChannel(wire, member);
  const both = await members(context, caller, wire.channel_id, { limit: 2 });
  const other = both.members.find(({ user_id }) => user_id !== caller.user_id);
  return slackChannel(wire, member, other?.user_id ?? caller.user_id);
}

async function opened(call: SlackCall, channelId: string, already: boolean) {
  const { channel_id, access } = await readableById(call, channelId);
  const flags = already ? { no_op: true, already_open: true } : {};
  if (!call.args.flag('return_im')) return { ...flags, channel: { id: channel_id } };
  const found = await said(channel(call.context, call.caller, channel_id), access);
  return { ...flags, channel: await shownTo(call, found.channel, access.member) };
}
