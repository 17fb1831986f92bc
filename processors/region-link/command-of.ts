import type {
  ChangeMessage,
  Message,
  MessageChanged,
  MessageCommand,
  MessageEvent,
} from '../../schemas/generated/types.ts';

/** Deletions have no stamp: they win over whatever comes before and after them. */
const deletion = 1;

/** The command by which this region takes an event of another one over; undefined where there is nothing to take over. */
export function commandOf(
  event: MessageEvent,
  region: number,
  known: Message | null,
  own: number,
): MessageCommand | undefined {
  const { made, body, rev } = event;
  // What that region itself took over comes from where it was made: nothing goes in circles.
  if (made?.region !== region || made.rev > 0) return undefined;
  const asker = made.asker?.region === own ? made.asker.reply_to : null;
  const carried = { region, epoch: made.epoch, rev, message: null, root_seq: 0, root_reply_count: 0, asker: null };
  const command = (body: MessageCommand['body'], more: object = {}): MessageCommand => ({
    workspace_id: event.workspace_id,
    channel_id: event.channel_id,
    actor_id: event.actor_id,
    reply_to: asker,
    trace_id: event.trace_id,
    home: null,
    carried: { ...carried, ...more },
    body,
  });

  if ('MembersChanged' in body) return undefined;
  if ('ChannelChanged' in body) {
    const { channel } = body.ChannelChanged;
    // What else changed goes through the directory; where the home is belongs into the channel's order.
    if (!channel.home) return undefined;
    const change = { change_id: 0, change_ids: [], change: 'channel' as const, user_ids: [], channel, region };
    return command({ DirectoryChange: change });
  }
  const { message, kind, root_reply_count } = body.MessageChanged;
  if (kind === 'created' && !message.deleted) {
    const { text, client_msg_id } = message;
    const send = { text, client_msg_id, root: null, mentions: [], mentions_channel: false, mentions_here: [] };
    return command({ SendMessage: send }, { message, root_seq: known?.seq ?? 0, root_reply_count });
  }
  const change = changeOf(body.MessageChanged, event.actor_id, known);
  return change && command({ ChangeMessage: change });
}

function changeOf(
  { kind, message, emoji, unmentioned, versions_gone }: MessageChanged,
  actor: string,
  known: Message | null,
): ChangeMessage | undefined {
  const none = {
    // Rev 0: not as it is here, which the sequencer then must know itself.
    message: known ?? { ...message, rev: 0 },
    text: '',
    mentions: [],
    mentions_channel: false,
    reached: [],
    unreached: [],
    emoji: '',
    stamp: 0,
    erased: '',
    versions: false,
  };
  if (kind === 'deleted' || message.deleted) return { ...none, change: 'delete', stamp: deletion };
  if (kind === 'edited') {
    const stamp = message.stamps?.text ?? 0;
    // An erasure is each region's own.
    if (stamp === 0 || versions_gone) return undefined;
    const reached = [...message.mentions_here, ...message.reached.map(({ user_id }) => user_id)];
    const named = new Set([...reached, ...message.mentions.map(({ user_id }) => user_id)]);
    return {
      ...none,
      change: 'edit',
      text: message.text,
      mentions: message.mentions.map(({ user_id }) => user_id),
      mentions_channel: message.mentions_channel > 0,
      reached,
      unreached: unmentioned.map(({ user_id }) => user_id).filter((user) => !named.has(user)),
      stamp,
    };
  }
  const written = message.stamps?.reactions.find((known) => known.emoji === emoji && known.user_id === actor);
  if (!written) return undefined;
  return { ...none, change: written.present ? 'react' : 'unreact', emoji, stamp: written.stamp };
}
