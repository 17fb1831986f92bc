import type { StoredEventBody } from './port.ts';

/** An event that tells of a message names it alone; others name who came, went, or made the channel. */
export function renamed(event: StoredEventBody, userId: string, instead: string): StoredEventBody {
  if (!('body' in event)) return event;
  const { body } = event;
  if ('MembersChanged' in body) {
    const user_ids = body.MembersChanged.user_ids.map((user) => (user === userId ? instead : user));
    return { body: { MembersChanged: { ...body.MembersChanged, user_ids } } };
  }
  const { channel } = body.ChannelChanged;
  const creator_id = channel.creator_id === userId ? instead : channel.creator_id;
  return { body: { ChannelChanged: { ...body.ChannelChanged, channel: { ...channel, creator_id } } } };
}
