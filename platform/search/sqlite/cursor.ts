import { decodePosition, encodePosition, type Position } from '../cursor.ts';
import type { SearchQuery } from '../port.ts';

/** How far a search has come. */
export interface Place {
  /** The last hit; its rank is its score, or created_at where the hits are those by newest. */
  at: Position;
  /** Whether hits of a search by relevance have come to those that are not ranked, newest first. */
  unranked: boolean;
  /** Where only the newest hits are ranked: the oldest of them, as a position of the newest first. */
  oldest: Position | null;
}

// No sign of base64url: an adapter that ranks all refuses what stands around it.
const separator = '.';

/** A cursor as every adapter has it; where ranking is bounded, the oldest ranked hit behind it, or one of the newest behind a dot. */
export function encodePlace(sort: SearchQuery['sort'], { at, unranked, oldest }: Place): string {
  if (sort === 'newest') return encodePosition(sort, at);
  if (unranked) return `${separator}${encodePosition('newest', at)}`;
  const cursor = encodePosition(sort, at);
  return oldest === null ? cursor : `${cursor}${separator}${encodePosition('newest', oldest)}`;
}

/** Error: `invalid_request` for a cursor that a search with this sort and as many scored words hasn't given. */
export function decodePlace(sort: SearchQuery['sort'], scored: number, cursor: string): Place {
  const cut = sort === 'relevance' ? cursor.indexOf(separator) : -1;
  if (cut < 0) return { at: decodePosition(sort, scored, cursor), unranked: false, oldest: null };
  const newest = decodePosition('newest', scored, cursor.slice(cut + 1));
  if (cut === 0) return { at: newest, unranked: true, oldest: null };
  return { at: decodePosition(sort, scored, cursor.slice(0, cut)), unranked: false, oldest: newest };
}
