import { channelKey } from '../../platform/keys.ts';
import type { LogRecord } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { Codec, Decoded } from '../../platform/schemas/codec.ts';
import type { ReadBack } from '../../runtime/replay/replay.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';

/** What topics whose `store` is messages no longer keep: each message as it is now, as the event that made it so. */
export function readMessagesBack(store: MessageStore, codec: Codec): ReadBack {
  return async (cursor, limit) => {
    const page = await store.scan(cursor, limit);
    const records = page.messages.map(({ workspace_id, channel_id, message }, at): LogRecord => {
      const value: MessageEvent = {
        workspace_id,
        channel_id,
        rev: message.rev,
        seq: message.seq,
        time: message.created_at,
        command_offset: -1,
        actor_id: message.user_id,
        reply_to: null,
        made: null,
        trace_id: '',
        body: {
          MessageChanged: {
            kind: message.deleted ? 'deleted' : 'created',
            message,
            emoji: '',
            root_reply_count: 0,
            unmentioned: [],
            unmentioned_channel: 0,
            previous: null,
            versions_gone: false,
          },
        },
      };
      const decoded = { schema: 'MessageEvent', value } as Decoded;
      return {
        topic: 'message_events',
        partition: 0,
        // In no log; another one for each of a page, so that what is refused is told apart.
        offset: at - page.messages.length,
        time: message.created_at,
        key: channelKey(workspace_id, channel_id),
        decoded: () => decoded,
        bytes: () => codec.encode('MessageEvent', value),
      };
    });
    return { records, cursor: page.cursor };
  };
}
