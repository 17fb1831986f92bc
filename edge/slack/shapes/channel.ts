import type { ChannelRecord } from '../../../platform/directory/port.ts';
import type { WireChannel } from '../../wire/message.ts';
import { toSlack } from '../text.ts';

/** Slack's four kinds of conversations, as `types` names them. */
export type ConversationType = 'public_channel' | 'private_channel' | 'mpim' | 'im';

export const conversationTypes: readonly string[] = ['public_channel', 'private_channel', 'mpim', 'im'];

/** A dm of two is Slack's im; one of more, and a group, its mpim. */
export function conversationType({
  type,
  member_count,
}: Pick<ChannelRecord, 'type' | 'member_count'>): ConversationType {
  if (type === 'public') return 'public_channel';
  if (type === 'private') return 'private_channel';
  return type === 'dm' && member_count <= 2 ? 'im' : 'mpim';
}

/** How events call the kind of a channel. */
export const eventChannelTypes: { readonly [Type in ConversationType]: string } = {
  public_channel: 'channel',
  private_channel: 'group',
  mpim: 'mpim',
  im: 'im',
};

/** A channel as Slack's clients see it. `other`: whom an im is with. */
export function slackChannel(channel: WireChannel, is_member: boolean, other?: string) {
  const type = conversationType(channel);
  const { channel_id: id, name, workspace_id, creator_id: creator, member_count, archived } = channel;
  const created = Math.floor(Date.parse(channel.created_at) / 1000);
  const kind = {
    is_channel: type === 'public_channel' || type === 'private_channel',
    is_group: false,
    is_im: type === 'im',
    is_mpim: type === 'mpim',
    is_private: type !== 'public_channel',
  };
  return {
    id,
    ...(type === 'im' ? { user: other ?? creator } : { name, name_normalized: name.toLowerCase() }),
    ...kind,
    created,
    creator,
    is_archived: archived,
    is_general: false,
    is_member,
    is_open: is_member,
    num_members: member_count,
    context_team_id: workspace_id,
    topic: { value: toSlack(channel.topic), creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}
