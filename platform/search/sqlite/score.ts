import type { Corpus } from '../cursor.ts';
import { b, k1, type Scored } from '../scored.ts';
import type { Bind } from './hits.ts';
import { countIn, markOf } from './repeats.ts';

/** What hits are ranked by. */
export interface Ranking {
  scored: Scored[];
  corpus: Corpus;
}

/**
 * BM25 in SQL, of a row `table` with a document's `words` and `repeats`. It is reckoned here and not by FTS5's bm25(), for
 * two reasons. That one counts words over the whole index, so that a score would tell how often a word stands in channels
 * one can't read; and its scores move with every new document, so that a hit could come twice on two pages. Here only
 * permitted documents count, and later pages use the first one's counts.
 *
 * The parts are added in the words' order, so that a sum is the same to its last bit on every page.
 */
export function score({ scored, corpus }: Ranking, table: string, bind: Bind): string {
  if (scored.length === 0) return '0.0';
  const length = `${k1} * (${1 - b} + ${b} * ${table}.words / ${bind(Math.max(1, corpus.length))})`;
  return scored
    .map((one, index) => wordScore(one, corpus.documents, corpus.holding[index]!, `${table}.repeats`, length, bind))
    .join(' + ');
}

/** BM25 of one word, with an idf that is never negative. A prefix counts once, however many words begin so. */
function wordScore(
  scored: Scored,
  documents: number,
  holding: number,
  repeats: string,
  length: string,
  bind: Bind,
): string {
  const idf = Math.log(1 + Math.max(0, documents - holding + 0.5) / (holding + 0.5));
  const n = scored.prefix ? '1' : countIn(repeats, bind(markOf(scored.word)));
  // n / (n + length), with n reckoned once.
  return `${bind(idf * (k1 + 1))} * (1.0 - ${length} / (${n} + ${length}))`;
}
