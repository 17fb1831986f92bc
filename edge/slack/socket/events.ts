import type { Identity } from '../../auth/claims.ts';
import type { CallContext } from '../../calls/context.ts';
import { mayReadEdits } from '../../policy.ts';
import type { WireMessage } from '../../wire/message.ts';
import type { MessageTimes } from '../message-times.ts';
import { conversationType, eventChannelTypes } from '../shapes/channel.ts';
import { type SlackMessage, slackMessages } from '../shapes/message.ts';
import { toSlack } from '../text.ts';
import { tsOfId, tsOfTime } from '../ts.ts';
import type { Happening, MembersHappening, MessageHappening } from './happening.ts';

/** One event of Slack's Events API. */
export interface SlackEvent {
  type: string;
  event_ts: string;
  [field: string]: unknown;
}

export interface EventPorts {
  context: Pick<CallContext, 'store' | 'directory'>;
  times: MessageTimes;
}

/** As whom an app listens. */
export type Listener = Pick<Identity, 'workspace_id' | 'user_id' | 'role'>;

/** Where an event happened, in Slack's words. */
interface Place {
  channel: string;
  channel_type: string;
  event_ts: string;
}

/** What an app is told of what happened. */
export async function slackEvents(
  ports: EventPorts,
  bot: Listener,
  { channel_id: channel, rev, time, what }: Happening,
): Promise<SlackEvent[]> {
  const { workspace_id: team } = bot;
  const [record] = await ports.context.directory.channelsById(team, [channel]);
  const channel_type = record ? eventChannelTypes[conversationType(record)] : 'channel';
  const place = { channel, channel_type, event_ts: eventTs(time, rev) };
  if ('user_ids' in what) return membersEvents(team, place, what);
  const id = { workspace_id: team, channel_id: channel };
  // A deleted one as it stood there; its text is gone.
  const message = what.kind === 'deleted' ? { ...what.message, deleted: false } : what.message;
  const [shown] = await slackMessages({ store: ports.context.store, times: ports.times }, id, [message]);
  return messageEvents(bot, place, what, shown!);
}

function membersEvents(team: string, { channel, channel_type, event_ts }: Place, what: MembersHappening): SlackEvent[] {
  const type = what.kind === 'joined' ? 'member_joined_channel' : 'member_left_channel';
  // Here Slack has a letter of its ids: C for public, G for others.
  const letter = channel_type === 'channel' ? 'C' : 'G';
  return what.user_ids.map((user) => ({ type, user, channel, channel_type: letter, team, event_ts }));
}

function messageEvents(bot: Listener, place: Place, what: MessageHappening, shown: SlackMessage): SlackEvent[] {
  const { channel, event_ts } = place;
  const changed = { type: 'message', ...place, ts: event_ts, hidden: true };
  switch (what.kind) {
    case 'created': {
      // What is imported was said elsewhere, and is answered by nobody.
      if (what.imported || isImported(what.message, shown)) return [];
      const said = { ...shown, ...place, event_ts: shown.ts };
      return isMention(bot, place, what.message) ? [said, mention(said)] : [said];
    }
    case 'edited': {
      // An earlier text is for those who may read it in the message's own list of them.
      const text = mayReadEdits(bot, what.message.user_id) ? what.previous_text : undefined;
      return [{ ...changed, subtype: 'message_changed', message: shown, previous_message: withText(shown, text) }];
    }
    case 'deleted': {
      const previous_message = withText(shown, undefined);
      return [{ ...changed, subtype: 'message_deleted', deleted_ts: shown.ts, previous_message }];
    }
    default: {
      if (!what.emoji || what.actor_id === undefined) return [];
      const item = { type: 'message', channel, ts: shown.ts };
      const reaction = { user: what.actor_id, reaction: what.emoji, item, item_user: what.message.user_id, event_ts };
      return [{ type: what.kind, ...reaction }];
    }
  }
}

function isMention(bot: { user_id: string }, { channel_type }: Place, { mentions, user_id }: WireMessage): boolean {
  // To a direct message Slack sends the message alone.
  return mentions.includes(bot.user_id) && user_id !== bot.user_id && channel_type !== 'im';
}

function mention({ channel_type: _, type: __, ...said }: SlackMessage & Place): SlackEvent {
  return { type: 'app_mention', ...said };
}

/** The store's events do not say so, but an imported message has not the ts of its id. */
function isImported({ message_id, client_msg_id }: WireMessage, { ts }: SlackMessage): boolean {
  return client_msg_id.startsWith('slack:') && client_msg_id.endsWith(`:${ts}`) && ts !== tsOfId(message_id);
}

function withText({ edited: _, text: __, ...message }: SlackMessage, text: string | undefined) {
  return text === undefined ? message : { ...message, text: toSlack(text) };
}

/** A time, and the rev's last digits: events of one millisecond differ. */
function eventTs(time: number | undefined, rev: number): string {
  return `${tsOfTime(time ?? Date.now()).slice(0, -3)}${String(rev % 1000).padStart(3, '0')}`;
}
