import type { Message } from '../../schemas/generated/types.ts';
import { erasedUser } from '../keys.ts';

/** A message as one that was deleted: its place and its author stay, what it said does not. */
export function emptied(message: Message): Message {
  return {
    ...message,
    ...{ text: '', client_msg_id: '', deleted: true, edited_at: null, stamps: null },
    ...{ reactions: [], mentions: [], mentions_channel: 0, mentions_here: [], reached: [] },
  };
}

/**
 * What stays of an erased person's message, and of a root that retention took while its thread goes on: its place. Erasure
 * looks at no such root, so it is nobody's.
 */
export function disowned(message: Message): Message {
  return { ...emptied(message), user_id: erasedUser };
}

export function isDisowned({ deleted, user_id }: Message): boolean {
  return deleted && user_id === erasedUser;
}
