import type { ChannelId, RowWrite } from '../../platform/messages/port.ts';
import type { MessageChanged, MessageEvent } from '../../schemas/generated/types.ts';

/** The rows of an event, the channel's head last: a reader who sees the head finds all that lies below it. */
export function rowsOf(event: MessageEvent): RowWrite[] {
  const channel: ChannelId = { workspace_id: event.workspace_id, channel_id: event.channel_id };
  const { body, rev, seq } = event;
  const rows: RowWrite[] = [];
  if ('MessageChanged' in body) {
    messageRows(rows, channel, event, body.MessageChanged);
  } else {
    rows.push({ kind: 'event', ...channel, rev, event: { body } });
    if ('ChannelChanged' in body && body.ChannelChanged.channel.trim) {
      const { trim } = body.ChannelChanged.channel;
      rows.push({ kind: 'trim', ...channel, trim });
      // Nobody is behind on what is gone.
      rows.push({ kind: 'read_floor', ...channel, seq: trim.seq, rev: trim.rev });
    }
    if ('MembersChanged' in body) {
      const joined = body.MembersChanged.kind === 'joined';
      for (const user_id of body.MembersChanged.user_ids) {
        rows.push({ kind: 'membership', ...channel, user_id, joined, rev, seq });
        // Joining reads the channel up to its head.
        if (joined) rows.push({ kind: 'own_read', ...channel, user_id, seq, rev });
      }
    }
  }
  rows.push({ kind: 'head', ...channel, head: { rev, seq } });
  return rows;
}

function messageRows(rows: RowWrite[], channel: ChannelId, event: MessageEvent, change: MessageChanged): void {
  const { message, kind } = change;
  const { rev } = event;
  rows.push({ kind: 'message', ...channel, message });
  rows.push({
    kind: 'event',
    ...channel,
    rev,
    event: { kind, message_id: message.message_id, thread_id: message.thread_id },
  });
  const author_id = message.user_id;
  if (kind === 'created') {
    if (message.thread_id !== null) {
      const root_id = message.thread_id;
      rows.push({ kind: 'reply_count', ...channel, root_id, reply_count: change.root_reply_count });
      rows.push({ kind: 'participant', ...channel, user_id: author_id, root_id });
      rows.push({ kind: 'thread_marker', ...channel, user_id: author_id, root_id, last_read_id: message.message_id });
    } else if (!message.imported) {
      // Sending a top-level message reads the channel up to it.
      rows.push({ kind: 'own_read', ...channel, user_id: author_id, seq: message.seq, rev });
    }
    if (message.imported) {
      const { client_msg_id, message_id, thread_id } = message;
      rows.push({ kind: 'identity', ...channel, client_msg_id, message_id, thread_id });
      rows.push({ kind: 'read_floor', ...channel, seq: event.seq, rev });
      return;
    }
  }
  const { message_id } = message;
  if (change.previous) rows.push({ kind: 'version', ...channel, message_id, ...change.previous });
  if (kind === 'deleted' || change.versions_gone) rows.push({ kind: 'versions_gone', ...channel, message_id, rev });
  if (kind === 'reaction_added' || kind === 'reaction_removed') return;
  const mention = (user_id: string | null, at: number, alive: boolean): void => {
    if (user_id === author_id) return;
    rows.push({ kind: 'mention', ...channel, user_id, rev: at, author_id, alive, changed_rev: rev });
  };
  for (const { user_id, rev: since } of change.unmentioned) mention(user_id, since, false);
  for (const { user_id, rev: since } of message.mentions.concat(message.reached)) mention(user_id, since, true);
  if (kind === 'created') for (const user_id of message.mentions_here) mention(user_id, rev, true);
  if (change.unmentioned_channel > 0) mention(null, change.unmentioned_channel, false);
  if (message.mentions_channel > 0) mention(null, message.mentions_channel, true);
}
