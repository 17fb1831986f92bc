import { MillraceError } from '../../errors/error.ts';

/**
 * A document's number inside the index: its channel's number in the high bits and its place in the channel in the low ones.
 * FTS5 keeps the places of a word by these numbers, so that whether one may read a hit is told without reading the document,
 * and a search in one channel walks that channel's hits alone. Stays below 2^53, so a JavaScript number holds it.
 */
const placeBits = 28;
const places = 2 ** placeBits;

/** In SQL: the channel's number of a document's. */
export const channelOf = (id: string) => `(${id} >> ${placeBits})`;

/** The first and the last number of a channel. */
export function idsOf(channel: number): { first: number; last: number } {
  return { first: channel * places, last: channel * places + places - 1 };
}

/** The number after `last`, which is the channel's highest, or null. Error: `unavailable` for a channel that is full. */
export function idAfter(last: number | null, channel: number): number {
  const ids = idsOf(channel);
  const id = last === null ? ids.first : last + 1;
  // One more would count as another channel's, and be found by whoever may read that one.
  if (id > ids.last || !Number.isSafeInteger(id))
    throw new MillraceError('unavailable', `the search index holds ${places} messages of a channel at most`);
  return id;
}
