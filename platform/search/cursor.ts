import { MillraceError } from '../errors/error.ts';
import type { SearchQuery } from './port.ts';

/**
 * What the first page's ranking was reckoned with. Later pages reckon with the same, so that a document keeps its score,
 * and its place, however many are added meanwhile.
 */
export interface Corpus {
  /** Documents in the permitted channels. */
  documents: number;
  /** Their mean length in words. */
  length: number;
  /** For each scored word the documents in the permitted channels that hold it. */
  holding: number[];
}

/** The last hit of a page: what follows lies behind it. */
export interface Position {
  /** Score, or created_at in milliseconds since 1970 for the newest first. */
  rank: number;
  message: string;
  channel: string;
  /** For relevance. */
  corpus: Corpus | null;
}

export function encodePosition(sort: SearchQuery['sort'], at: Position): string {
  const corpus = at.corpus && [at.corpus.documents, at.corpus.length, ...at.corpus.holding];
  return Buffer.from(JSON.stringify([sort, at.rank, at.message, at.channel, corpus])).toString('base64url');
}

/** Error: `invalid_request` for a cursor that a search with this sort and as many scored words hasn't given. */
export function decodePosition(sort: SearchQuery['sort'], scored: number, cursor: string): Position {
  const [kind, rank, message, channel, corpus, ...rest] = parsed(cursor);
  const sound =
    kind === sort && isNumber(rank) && typeof message === 'string' && typeof channel === 'string' && rest.length === 0;
  if (!sound) throw notOurs();
  if (sort === 'newest') {
    if (corpus !== null) throw notOurs();
    return { rank, message, channel, corpus };
  }
  if (!Array.isArray(corpus) || corpus.length !== scored + 2 || !corpus.every(isCount)) throw notOurs();
  const [documents, length, ...holding] = corpus as [number, number, ...number[]];
  return { rank, message, channel, corpus: { documents, length, holding } };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Counts of another's making must not break the reckoning. */
function isCount(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    // No JSON is just as little ours as the wrong JSON: both end as invalid_request.
    return [];
  }
}

function notOurs(): MillraceError {
  return new MillraceError(
    'invalid_request',
    'cursor: not one that this search has given; leave it out for the first page',
  );
}
