import type { Mention, Message } from '../../schemas/generated/types.ts';

/** Whose rows of mentions a message has made that it still stands for, and their revs. */
export function mentionsOf({ mentions, reached, mentions_here, created_rev }: Message): Mention[] {
  return [...mentions, ...reached, ...mentions_here.map((user_id) => ({ user_id, rev: created_rev }))];
}
