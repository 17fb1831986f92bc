import type { Message } from '../../schemas/generated/types.ts';
import { erasedUser } from '../keys.ts';

/** What stays of a root that retention took, while its thread goes on: its place. Erasure looks at no such root, so it is nobody's. */
export function emptied(message: Message): Message {
  return {
    ...message,
    ...{ user_id: erasedUser, text: '', client_msg_id: '', deleted: true, edited_at: null, stamps: null },
    ...{ reactions: [], mentions: [], mentions_channel: 0, mentions_here: [], reached: [] },
  };
}

export function isEmptied({ deleted, user_id }: Message): boolean {
  return deleted && user_id === erasedUser;
}
