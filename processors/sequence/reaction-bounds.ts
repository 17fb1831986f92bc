import type { Message } from '../../schemas/generated/types.ts';

/**
 * People who react with one emoji, and reactions on a message in all: each event of a message carries them, so that a record
 * stays far below the largest that logs take. Registers that regions keep of what was taken away count, too.
 */
export const reactionBounds = { people: 1000, all: 3000 } as const;

/** What stands against one more reaction with an emoji; undefined where nothing does. */
export function fullOf({ reactions, stamps }: Message, emoji: string): string | undefined {
  const people = reactions.find((reaction) => reaction.emoji === emoji)?.user_ids.length ?? 0;
  if (people >= reactionBounds.people)
    return `emoji: ${reactionBounds.people} people have reacted with it already, which is the most`;
  const all = stamps?.reactions.length ?? reactions.reduce((sum, { user_ids }) => sum + user_ids.length, 0);
  if (all >= reactionBounds.all)
    return `emoji: the message has ${reactionBounds.all} reactions already, which is the most`;
  return undefined;
}
