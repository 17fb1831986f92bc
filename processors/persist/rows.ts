import type { RowWrite } from '../../platform/messages/port.ts';
import type { MessageChanged, MessageEvent } from '../../schemas/generated/types.ts';

/**
 * The rows of an event, the channel's head last: a reader who sees the head finds all that lies below it. Written out, for
 * a spread costs more than the rest of it.
 */
export function rowsOf(event: MessageEvent): RowWrite[] {
  const { workspace_id, channel_id, body, rev, seq } = event;
  const rows: RowWrite[] = [];
  if ('MessageChanged' in body) {
    messageRows(rows, event, body.MessageChanged);
  } else {
    rows.push({ kind: 'event', workspace_id, channel_id, rev, event: { body } });
    if ('ChannelChanged' in body && body.ChannelChanged.channel.trim) {
      const { trim } = body.ChannelChanged.channel;
      rows.push({ kind: 'trim', workspace_id, channel_id, trim });
      // Nobody is behind on what is gone.
      rows.push({ kind: 'read_floor', workspace_id, channel_id, seq: trim.seq, rev: trim.rev });
    }
    if ('MembersChanged' in body) {
      const joined = body.MembersChanged.kind === 'joined';
      for (const user_id of body.MembersChanged.user_ids) {
        rows.push({ kind: 'membership', workspace_id, channel_id, user_id, joined, rev, seq });
        // Joining reads the channel up to its head.
        if (joined) rows.push({ kind: 'own_read', workspace_id, channel_id, user_id, seq, rev });
      }
    }
  }
  rows.push({ kind: 'head', workspace_id, channel_id, head: { rev, seq } });
  return rows;
}

function messageRows(rows: RowWrite[], event: MessageEvent, change: MessageChanged): void {
  const { message, kind } = change;
  const { workspace_id, channel_id, rev } = event;
  rows.push({ kind: 'message', workspace_id, channel_id, message });
  rows.push({
    kind: 'event',
    workspace_id,
    channel_id,
    rev,
    event: { kind, message_id: message.message_id, thread_id: message.thread_id },
  });
  const author_id = message.user_id;
  if (kind === 'created') {
    if (message.thread_id !== null) {
      const root_id = message.thread_id;
      rows.push({ kind: 'reply_count', workspace_id, channel_id, root_id, reply_count: change.root_reply_count });
      rows.push({ kind: 'participant', workspace_id, channel_id, user_id: author_id, root_id });
      rows.push({
        kind: 'thread_marker',
        workspace_id,
        channel_id,
        user_id: author_id,
        root_id,
        last_read_id: message.message_id,
      });
    } else if (!message.imported) {
      // Sending a top-level message reads the channel up to it.
      rows.push({ kind: 'own_read', workspace_id, channel_id, user_id: author_id, seq: message.seq, rev });
    }
    if (message.imported) {
      const { client_msg_id, message_id, thread_id } = message;
      rows.push({ kind: 'identity', workspace_id, channel_id, client_msg_id, message_id, thread_id });
      rows.push({ kind: 'read_floor', workspace_id, channel_id, seq: event.seq, rev });
      return;
    }
  }
  const { message_id } = message;
  if (change.previous) rows.push({ kind: 'version', workspace_id, channel_id, message_id, ...change.previous });
  if (kind === 'deleted' || change.versions_gone)
    rows.push({ kind: 'versions_gone', workspace_id, channel_id, message_id, rev });
  if (kind === 'reaction_added' || kind === 'reaction_removed') return;
  const mention = (user_id: string | null, at: number, alive: boolean): void => {
    if (user_id === author_id) return;
    rows.push({ kind: 'mention', workspace_id, channel_id, user_id, rev: at, author_id, alive, changed_rev: rev });
  };
  for (const { user_id, rev: since } of change.unmentioned) mention(user_id, since, false);
  for (const { user_id, rev: since } of message.mentions.concat(message.reached)) mention(user_id, since, true);
  if (kind === 'created') for (const user_id of message.mentions_here) mention(user_id, rev, true);
  if (change.unmentioned_channel > 0) mention(null, change.unmentioned_channel, false);
  if (message.mentions_channel > 0) mention(null, message.mentions_channel, true);
}
