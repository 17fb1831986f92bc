import type { ChannelRecord } from '../../platform/directory/port.ts';
import type { ChannelId, Head, StoredEvent } from '../../platform/messages/port.ts';
import type { Channel, Message, MessageEvent } from '../../schemas/generated/types.ts';
import { timeText } from './time.ts';

/** A message as clients see it, by the wire contract. */
export function wireMessage({ workspace_id, channel_id }: ChannelId, message: Message) {
  // Never by assignment: an emoji may be called __proto__.
  const reactions: { [emoji: string]: string[] } =
    message.reactions.length === 0
      ? {}
      : Object.fromEntries(message.reactions.map(({ emoji, user_ids }) => [emoji, user_ids]));
  return {
    message_id: message.message_id,
    channel_id,
    workspace_id,
    seq: message.seq,
    rev: message.rev,
    user_id: message.user_id,
    text: message.text,
    client_msg_id: message.client_msg_id,
    thread_id: message.thread_id,
    reply_count: message.reply_count,
    reactions,
    mentions: message.mentions.map(({ user_id }) => user_id),
    created_at: timeText(message.created_at),
    edited_at: message.edited_at === null ? null : timeText(message.edited_at),
    deleted: message.deleted,
  };
}

/** A channel as clients see it. */
export function wireChannel(channel: ChannelRecord, head: Head) {
  const { channel_id, workspace_id, name, type, topic, creator_id, archived, member_count, posting, trim } = channel;
  return {
    channel_id,
    workspace_id,
    name,
    type,
    topic,
    creator_id,
    archived,
    member_count,
    head,
    created_at: timeText(channel.created_at),
    posting,
    history_from: trim?.below_id ?? null,
  };
}

export type WireMessage = ReturnType<typeof wireMessage>;
export type WireChannel = ReturnType<typeof wireChannel>;

const kinds: { [kind: string]: string } = {
  created: 'message.created',
  edited: 'message.edited',
  deleted: 'message.deleted',
  reaction_added: 'reaction.added',
  reaction_removed: 'reaction.removed',
  joined: 'member.joined',
  left: 'member.left',
};

/** The `event` frame of a live event. */
export function eventFrame(event: MessageEvent): string {
  const { body } = event;
  if (!('MessageChanged' in body)) return frame(event, event.rev, otherBody(event, event.rev, event.seq, body));
  const { kind, message } = body.MessageChanged;
  return messageFrame(event, event.rev, kind, message);
}

/** The `event` frame of one read back from the store; `seq` is the head's. */
export function storedEventFrame(channel: ChannelId, event: StoredEvent, seq: number): string {
  if ('body' in event) return frame(channel, event.rev, otherBody(channel, event.rev, seq, event.body));
  return messageFrame(channel, event.rev, event.kind, event.message);
}

export function messageFrame(channel: ChannelId, rev: number, kind: string, message: Message): string {
  return frame(channel, rev, { kind: kinds[kind], message: wireMessage(channel, message) });
}

function frame({ channel_id }: ChannelId, rev: number, event: unknown): string {
  return JSON.stringify({ type: 'event', channel_id, rev, event });
}

function otherBody(
  channel: ChannelId,
  rev: number,
  seq: number,
  body: Exclude<MessageEvent['body'], { MessageChanged: unknown }>,
) {
  if ('MembersChanged' in body)
    return { kind: kinds[body.MembersChanged.kind], user_ids: body.MembersChanged.user_ids };
  return {
    kind: 'channel.changed',
    channel: wireChannel({ ...channel, ...(body.ChannelChanged.channel as Channel) }, { rev, seq }),
  };
}
