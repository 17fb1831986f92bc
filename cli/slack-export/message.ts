import type { SlackMessageRecord } from './shapes.ts';
import { importedText } from './text.ts';

export interface SlackMessage {
  channel_id: string;
  /** A bot's id, or `bot:<name>`, where no person wrote it. */
  user_id: string;
  /** The name that the message itself gives its author; null where it gives none. */
  author_name: string | null;
  /** Slack's own, such as "1499999999.000123": unique in its channel. */
  ts: string;
  /** Milliseconds since 1970. */
  created_at: number;
  /** The same; null where it was not edited. */
  edited_at: number | null;
  /** `slack:<channel id>:<ts>`, for good. */
  client_msg_id: string;
  text: string;
  mentions: string[];
  mentions_channel: boolean;
  /** The ts of a reply's root; null for a message that is no reply. */
  thread_ts: string | null;
  /** The root's client_msg_id. */
  thread_client_msg_id: string | null;
  /** A reply whose root does not come before it in the export. */
  root_missing: boolean;
  reactions: { emoji: string; user_ids: string[] }[];
}

/** What happened to a channel rather than what someone said; Slack writes them as messages. */
const systemSubtypes = new Set([
  'bot_add',
  'bot_remove',
  'bot_enable',
  'bot_disable',
  'document_mention',
  'ekm_access_denied',
  'file_mention',
  'joiner_notification',
  'joiner_notification_for_inviter',
  'message_changed',
  'message_deleted',
  'message_replied',
  'pinned_item',
  'reminder_add',
  'reminder_delete',
  'sh_room_created',
  'sh_room_shared',
  'tombstone',
  'unpinned_item',
]);

/** The message, or in one word why it is none: Slack's subtype, `no_text`, `no_author` or its type. */
export function importedMessage(
  channelId: string,
  slack: SlackMessageRecord,
  isUser: (id: string) => boolean,
): Omit<SlackMessage, 'root_missing'> | string {
  if (slack.type && slack.type !== 'message') return `type ${slack.type}`;
  const { subtype } = slack;
  if (subtype && (systemSubtypes.has(subtype) || /^(channel|group|huddle)_/.test(subtype))) return subtype;
  const user_id = authorOf(slack);
  if (user_id === undefined) return 'no_author';
  const body = textOf(slack);
  // A plain message without words has its place in a thread; a bot's or a file's has nothing to show.
  if (subtype && body.trim() === '') return 'no_text';
  const thread_ts = slack.thread_ts && slack.thread_ts !== slack.ts ? slack.thread_ts : null;
  return {
    channel_id: channelId,
    user_id,
    author_name: slack.username || null,
    ts: slack.ts,
    created_at: slack.millrace_created_at ?? millisecondsOf(slack.ts),
    edited_at: slack.edited?.ts && isTs(slack.edited.ts) ? millisecondsOf(slack.edited.ts) : null,
    client_msg_id: identity(channelId, slack.ts),
    ...importedText(body, isUser),
    thread_ts,
    thread_client_msg_id: thread_ts === null ? null : identity(channelId, thread_ts),
    reactions: (slack.reactions ?? [])
      .map((reaction) => ({ emoji: reaction.name, user_ids: [...new Set(reaction.users)] }))
      .filter((reaction) => reaction.user_ids.length > 0),
  };
}

export function identity(channelId: string, ts: string): string {
  return `slack:${channelId}:${ts}`;
}

/** By digits, not as a fraction: 1499999999.001 in floating point can end a millisecond early. */
export function millisecondsOf(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1_000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Not the message's own ts, without which it is none, but one beside it. */
function isTs(text: string): boolean {
  return /^\d{1,11}(\.\d{1,10})?$/.test(text);
}

function authorOf(slack: SlackMessageRecord): string | undefined {
  return slack.user || slack.comment?.user || slack.bot_id || (slack.username ? `bot:${slack.username}` : undefined);
}

/** A bot often says everything in its attachments, and a file may come without a word. */
function textOf(slack: SlackMessageRecord): string {
  if (slack.text) return slack.text;
  const said = (slack.attachments ?? []).map((attachment) => attachment.text || attachment.fallback || '');
  const files = (slack.files ?? []).map((file) => file.title || file.name || '');
  return [...said, ...files].filter((part) => part !== '').join('\n');
}
