import { channelKey } from '../../platform/keys.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { regionsAfter } from './regions-head.ts';
import { greater } from './snowflake.ts';
import type { ChannelHead, SequenceState } from './state.ts';

/** Takes an event into the state. One that is known already (a rev not above the head's) changes nothing. */
export function fold(state: SequenceState, event: MessageEvent): void {
  const head = state.head(event.workspace_id, event.channel_id);
  if (event.rev <= head.rev) return;
  const { body } = event;
  // Written out, for a spread costs more than the rest of it.
  const { last_id, change_id } = head;
  const regions = event.made ? regionsAfter(head.regions, event) : head.regions;
  const next: ChannelHead = { rev: event.rev, seq: event.seq, last_id, change_id, regions };
  const channel = channelKey(event.workspace_id, event.channel_id);

  if ('MessageChanged' in body) {
    const { kind, message, root_reply_count } = body.MessageChanged;
    if (kind === 'created') {
      const id = BigInt(message.message_id);
      next.last_id = greater(BigInt(head.last_id), id).toString();
      if (!message.imported) state.lastLiveId = greater(state.lastLiveId, id);
      const { message_id, thread_id, seq } = message;
      const by = message.imported ? '' : message.user_id;
      if (message.deleted) state.setSecond(channel, message);
      else state.setSent(channel, by, message.client_msg_id, { message_id, thread_id, seq });
      // Changes of it come from there, too, and the link may have looked for it here before it was stored.
      if (event.made && event.made.rev > 0) state.setChanged(channel, message);
      if (thread_id !== null) state.setReplies(channel, thread_id, root_reply_count);
    } else {
      state.setChanged(channel, message);
    }
  } else {
    const change_id = 'MembersChanged' in body ? body.MembersChanged.change_id : body.ChannelChanged.change_id;
    next.change_id = Math.max(head.change_id, change_id);
  }
  state.setHead(event.workspace_id, event.channel_id, next);
}
