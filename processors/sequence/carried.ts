import { channelKey } from '../../platform/keys.ts';
import { emptied } from '../../platform/messages/emptied.ts';
import { isNewerHome } from '../../platform/regions/home.ts';
import type { Input } from '../../runtime/processor.ts';
import type { Carried, Message, MessageCommand } from '../../schemas/generated/types.ts';
import { changeMessage } from './change.ts';
import { type Decision, eventOf, refused } from './decision.ts';
import { homeOf } from './regions-head.ts';
import type { SequenceState } from './state.ts';

/**
 * What another region has decided, told by its event (docs/decisions/021). Each is taken over once, under this region's own
 * rev and seq; a message keeps its id and author, whichever home ordered it and under whatever epoch, so that none is lost.
 */
export function decideCarried(
  state: SequenceState,
  command: MessageCommand,
  carried: Carried,
  at: Input,
  region: number,
): Decision {
  const { body } = command;
  const { regions } = state.head(command.workspace_id, command.channel_id);
  const known = carried.rev <= (regions?.followed[carried.region] ?? 0);
  if ('ChangeMessage' in body) {
    const { message } = body.ChangeMessage;
    const channel = channelKey(command.workspace_id, command.channel_id);
    // Neither read from the store nor changed lately: there is no such message here.
    const missing = message.rev === 0 && !state.changed(channel, message.message_id);
    if (known || missing) return unchanged(message);
    return takenOver(changeMessage(state, command, body.ChangeMessage, at, region), carried);
  }
  if ('DirectoryChange' in body) {
    const { channel } = body.DirectoryChange;
    if (known) return { outcome: { Applied: {} } };
    if (!channel) return refused('invalid_request', 'a change of a channel lacks the channel');
    return takenOver(
      eventOf(state, command, at, 0, () => ({ ChannelChanged: { channel, change_id: 0 } })),
      carried,
    );
  }
  if (!carried.message) return refused('invalid_request', 'carried.message: a message that was ordered is missing');
  return known ? unchanged(carried.message) : message(state, command, carried, carried.message, at, region);
}

function message(
  state: SequenceState,
  command: MessageCommand,
  carried: Carried,
  message: Message,
  at: Input,
  region: number,
): Decision {
  const channel = channelKey(command.workspace_id, command.channel_id);
  const sent = state.sent(channel, message.imported ? '' : message.user_id, message.client_msg_id);
  if (sent?.message_id === message.message_id || state.isSecond(channel, message)) return unchanged(message);
  // Two homes took one client_msg_id in a cut. The newer home's counts; the other stays as a deleted message, here and, by
  // this region's own event, there.
  const home = homeOf(state, command, region);
  const second = sent !== undefined && isNewerHome(home, carried);
  const replies = Math.max(carried.root_reply_count - 1, state.replies(channel, message.thread_id ?? '')) + 1;
  const decision = eventOf(state, command, at, message.thread_id === null ? 1 : 0, (rev, seq) => {
    const here = {
      // By its client_msg_id it is known again.
      ...(second ? { ...emptied(message), client_msg_id: message.client_msg_id } : message),
      seq: message.thread_id === null ? seq : carried.root_seq || message.seq,
      rev,
      created_rev: rev,
    };
    const own = {
      ...here,
      mentions: here.mentions.map(({ user_id }) => ({ user_id, rev })),
      mentions_channel: here.mentions_channel > 0 ? rev : 0,
      reached: [],
    };
    return {
      MessageChanged: {
        kind: 'created',
        message: own,
        emoji: '',
        root_reply_count: message.thread_id === null ? 0 : replies,
        unmentioned: [],
        unmentioned_channel: 0,
        previous: null,
        versions_gone: false,
      },
    };
  });
  return second ? decision : takenOver(decision, carried);
}

function takenOver(decision: Decision, { region, epoch, rev }: Carried): Decision {
  if (!('event' in decision)) return decision;
  return { event: { ...decision.event, made: { region, epoch, rev, asker: null, channel: null } } };
}

function unchanged({ message_id, thread_id }: Message): Decision {
  return { outcome: { Unchanged: { message_id, thread_id } } };
}
