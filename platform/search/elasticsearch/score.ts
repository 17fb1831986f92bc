import type { estypes } from '@elastic/elasticsearch';
import type { Corpus } from '../cursor.ts';
import { b, k1, type Scored } from '../scored.ts';
import { holdsWord } from './query.ts';

/**
 * BM25 of one word by the counts of the permitted documents alone: the engine's own score counts a shard's documents, and
 * so tells of channels that one can't read (docs/decisions/006). The text is the same for all queries, so the engine
 * compiles it once.
 */
const source = `
  double n = _score;
  return params.idf * n * ${k1 + 1} / (n + ${k1} * (${1 - b} + ${b} * doc['length'].value / params.mean));`;

/** Finds the documents that hold a word and scores them; together they sum up to a document's score. */
export function scoredClause(scored: Scored, index: number, corpus: Corpus): estypes.QueryDslQueryContainer {
  // A prefix counts once, however many words begin so: counting them is bounded in the engine by words of all channels.
  const query = scored.prefix ? { constant_score: { filter: holdsWord(scored) } } : holdsWord(scored);
  const holding = corpus.holding[index]!;
  const idf = Math.log(1 + Math.max(0, corpus.documents - holding + 0.5) / (holding + 0.5));
  return { script_score: { query, script: { source, params: { idf, mean: Math.max(1, corpus.length) } } } };
}
