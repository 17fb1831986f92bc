import type { Message } from '../../schemas/generated/types.ts';

/** A message as one that was deleted: its place stays, what it said does not. */
export function emptied(message: Message): Message {
  return {
    ...message,
    ...{ text: '', client_msg_id: '', deleted: true, edited_at: null, stamps: null },
    ...{ reactions: [], mentions: [], mentions_channel: 0, mentions_here: [], reached: [] },
  };
}
