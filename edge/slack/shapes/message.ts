import type { ChannelId, MessageStore } from '../../../platform/messages/port.ts';
import type { WireMessage } from '../../wire/message.ts';
import type { MessageTimes } from '../message-times.ts';
import { toSlack } from '../text.ts';
import { tsOfTime } from '../ts.ts';

/** A message as Slack's clients see it. */
export interface SlackMessage {
  type: 'message';
  subtype?: string;
  hidden?: boolean;
  user: string;
  text: string;
  ts: string;
  team: string;
  client_msg_id?: string;
  thread_ts?: string;
  parent_user_id?: string;
  reply_count?: number;
  edited?: { user: string; ts: string };
  reactions?: { name: string; users: string[]; count: number }[];
}

/** A thread's root, as its replies name it. */
export interface Root {
  ts: string;
  user_id: string;
}

/** Roots in one question to the store. */
const rootsAtOnce = 200;

/** Whether Slack shows it: a deleted message only where replies hang on it. */
export function isShown({ deleted, reply_count }: WireMessage): boolean {
  return !deleted || reply_count > 0;
}

/** Messages of one channel as Slack's clients see them. */
export async function slackMessages(
  { store, times }: { store: Pick<MessageStore, 'messages'>; times: MessageTimes },
  channel: ChannelId,
  messages: WireMessage[],
): Promise<SlackMessage[]> {
  const own = await times.of(channel, messages);
  const roots = await rootsOf({ store, times }, channel, messages);
  return messages.map((message) =>
    slackMessage(message, own.get(message.message_id)!, message.thread_id ? roots.get(message.thread_id) : undefined),
  );
}

/** `root`: of a reply. */
function slackMessage(message: WireMessage, ts: string, root: Root | undefined): SlackMessage {
  const { user_id, workspace_id: team, reply_count, edited_at, client_msg_id } = message;
  const thread = root
    ? { thread_ts: root.ts, parent_user_id: root.user_id }
    : reply_count > 0
      ? { thread_ts: ts, reply_count }
      : {};
  if (message.deleted) {
    const text = 'This message was deleted.';
    return { type: 'message', subtype: 'tombstone', hidden: true, user: 'USLACKBOT', text, ts, team, ...thread };
  }
  const reactions = Object.entries(message.reactions).map(([name, users]) => ({ name, users, count: users.length }));
  return {
    type: 'message',
    user: user_id,
    text: toSlack(message.text),
    ts,
    team,
    client_msg_id,
    ...thread,
    ...(edited_at === null ? {} : { edited: { user: user_id, ts: tsOfTime(Date.parse(edited_at)) } }),
    ...(reactions.length === 0 ? {} : { reactions }),
  };
}

async function rootsOf(
  { store, times }: { store: Pick<MessageStore, 'messages'>; times: MessageTimes },
  channel: ChannelId,
  messages: WireMessage[],
): Promise<Map<string, Root>> {
  const ids = [...new Set(messages.flatMap(({ thread_id }) => thread_id ?? []))];
  const roots = new Map<string, Root>();
  for (let from = 0; from < ids.length; from += rootsAtOnce) {
    const found = await store.messages(channel, ids.slice(from, from + rootsAtOnce));
    const of = await times.of(channel, found);
    for (const { message_id, user_id } of found) roots.set(message_id, { ts: of.get(message_id)!, user_id });
  }
  return roots;
}
