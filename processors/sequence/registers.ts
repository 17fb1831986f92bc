import type { Message, Reaction, ReactionStamp, Stamps } from '../../schemas/generated/types.ts';
import { stampAfter, timeOf } from './stamp.ts';

/** For so long a reaction that was taken away is remembered; another region's change must arrive within it. */
const remembered_ms = 7 * 24 * 3_600_000;

const none: Stamps = { text: 0, reactions: [] };

/**
 * A message's text, and each (emoji, user) of its reactions, as last-writer-wins registers (Shapiro et al., 2011): the
 * highest stamp counts, whatever the order in which changes arrive, and however often. docs/decisions/016.
 */
export class Registers {
  readonly #stamps: Stamps;

  constructor(
    message: Message,
    private readonly region: number,
  ) {
    this.#stamps = message.stamps ?? unstamped(message.reactions);
  }

  /** The stamp of a change of the text: `given` by another region, or else made here. Undefined where a later one is known. */
  ofText(given: number, time_ms: number): number | undefined {
    return this.#next(this.#stamps.text, given, time_ms);
  }

  ofReaction(emoji: string, userId: string, given: number, time_ms: number): number | undefined {
    return this.#next(this.#find(emoji, userId)?.stamp ?? 0, given, time_ms);
  }

  withText(stamp: number): Stamps {
    return { ...this.#stamps, text: stamp };
  }

  withReaction(written: ReactionStamp): Stamps {
    const others = this.#stamps.reactions.filter(
      ({ emoji, user_id, present, stamp }) =>
        (emoji !== written.emoji || user_id !== written.user_id) &&
        (present || timeOf(written.stamp) - timeOf(stamp) < remembered_ms),
    );
    return { ...this.#stamps, reactions: [...others, written].sort(byStamp) };
  }

  #find(emoji: string, userId: string): ReactionStamp | undefined {
    return this.#stamps.reactions.find((known) => known.emoji === emoji && known.user_id === userId);
  }

  #next(known: number, given: number, time_ms: number): number | undefined {
    if (given === 0) return stampAfter(known, time_ms, this.region);
    return given > known ? given : undefined;
  }
}

/** Each emoji where its first reaction stands, each person where theirs does: the same everywhere. */
export function reactionsOf({ reactions }: Stamps): Reaction[] {
  const users = new Map<string, string[]>();
  for (const { emoji, user_id, present } of reactions) {
    if (!present) continue;
    const known = users.get(emoji);
    if (known) known.push(user_id);
    else users.set(emoji, [user_id]);
  }
  return [...users].map(([emoji, user_ids]) => ({ emoji, user_ids }));
}

/** What was written before there were regions is older than all that came since. */
function unstamped(reactions: Reaction[]): Stamps {
  const known = reactions.flatMap(({ emoji, user_ids }) =>
    user_ids.map((user_id) => ({ emoji, user_id, stamp: 0, present: true })),
  );
  return { ...none, reactions: known.sort(byStamp) };
}

function byStamp(a: ReactionStamp, b: ReactionStamp): number {
  return a.stamp - b.stamp || compare(a.emoji, b.emoji) || compare(a.user_id, b.user_id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
