import { tsOfTime } from '../../edge/slack/ts.ts';
import type { ChannelRecord, User } from '../../platform/directory/port.ts';
import type { ExportedMessage } from '../../server/export/records.ts';
import { millisecondsOf } from '../slack-export/message.ts';
import { exportedText } from '../slack-export/text.ts';

// Slack's export, record by record: the fields that its readers look for, as Slack writes them.

export function slackUser({ workspace_id, user_id, name, email, role, deactivated }: User) {
  return {
    id: user_id,
    team_id: workspace_id,
    name,
    deleted: deactivated,
    real_name: name,
    profile: { real_name: name, display_name: name, ...(email === null ? {} : { email }) },
    is_admin: role === 'admin' || role === 'owner',
    is_owner: role === 'owner',
    is_restricted: role === 'guest',
  };
}

export function slackChannel(channel: ChannelRecord, members: string[]) {
  const { channel_id, name, type, creator_id, archived, topic, posting } = channel;
  const created = Math.floor(channel.created_at / 1000);
  if (type === 'dm') return { id: channel_id, created, creator: creator_id, members };
  return {
    id: channel_id,
    name,
    created,
    creator: creator_id,
    is_archived: archived,
    members,
    // Slack's export does not tell who may post.
    ...(posting === 'everyone' ? {} : { millrace_posting: posting }),
    topic: { value: topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}

/** A reply, as its root lists it. */
export interface ReplyMention {
  user: string;
  ts: string;
}

/** `replies`: those of a root, in order. */
export function slackMessage({ message, ts, root }: ExportedMessage, replies: ReplyMention[]) {
  const { user_id, client_msg_id, reply_count, reactions, created_at, edited_at } = message;
  const thread =
    root !== null
      ? { thread_ts: root.ts, parent_user_id: root.user_id }
      : reply_count > 0
        ? { thread_ts: ts, reply_count, ...summaryOf(replies) }
        : {};
  if (message.deleted)
    return {
      ...{ type: 'message', subtype: 'tombstone', user: 'USLACKBOT', text: 'This message was deleted.', ts },
      ...thread,
    };
  return {
    ...{ client_msg_id, type: 'message', user: user_id, text: exportedText(message.text), ts },
    // Where an import came behind newer messages, its own time is earlier than its place.
    ...(millisecondsOf(ts) === created_at ? {} : { millrace_created_at: created_at }),
    ...(edited_at === null ? {} : { edited: { user: user_id, ts: tsOfTime(edited_at) } }),
    ...thread,
    ...(reactions.length === 0
      ? {}
      : {
          reactions: reactions.map(({ emoji, user_ids }) => ({ name: emoji, users: user_ids, count: user_ids.length })),
        }),
  };
}

function summaryOf(replies: ReplyMention[]) {
  const users = [...new Set(replies.map(({ user }) => user))];
  const latest = replies.at(-1);
  return {
    reply_users_count: users.length,
    reply_users: users,
    ...(latest ? { latest_reply: latest.ts } : {}),
    replies,
  };
}
