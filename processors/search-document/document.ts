import type { ChannelId } from '../../platform/messages/port.ts';
import type { SearchDocument } from '../../platform/search/port.ts';
import type { Message } from '../../schemas/generated/types.ts';

/** What the index keeps of a message as it is; replay makes the same from the store. */
export function documentOf({ workspace_id, channel_id }: ChannelId, message: Message): SearchDocument {
  const { message_id, rev, user_id, text, created_at, deleted } = message;
  return { workspace_id, channel_id, message_id, rev, user_id, text, created_at, deleted };
}
