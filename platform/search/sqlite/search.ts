import type { Sqlite } from '../../worker/sqlite.ts';
import type { Corpus } from '../cursor.ts';
import type { SearchQuery, SearchResult } from '../port.ts';
import { type Scored, scoredWords } from '../scored.ts';
import { decodePlace, encodePlace } from './cursor.ts';
import { isOneWord, type Statement } from './hits.ts';
import { matchOf, matchOfAll } from './match.ts';
import { type Bound, nextPage } from './page.ts';
import { type Permitted, permittedOf } from './permitted.ts';
import { byRuns, byTest, type Scope, testsPerWalk } from './scope.ts';
import { countStatement, totalStatement } from './select.ts';
import { suggestion } from './suggest.ts';

/** A page of hits. Within a transaction that sees one state of the index. */
export function search(database: Sqlite, query: SearchQuery, bound: Bound): SearchResult {
  const scored = query.sort === 'relevance' ? scoredWords(query.terms) : [];
  const place = query.cursor === undefined ? undefined : decodePlace(query.sort, scored.length, query.cursor);
  const permitted = permittedOf(database, query);
  const ranks = query.sort === 'relevance' && !place?.unranked;
  const corpus = ranks ? (place?.at.corpus ?? corpusOf(database, scored, permitted)) : null;
  const match = matchOfAll(query.terms);
  const whole = match === null ? byTest(permitted) : wholeScope(database, match, permitted);
  // Where a word is all that is asked for, its documents have been counted.
  const counted = corpus && !place && isOneWord(query);
  const total = counted ? corpus.holding[0]! : countOf(database, totalStatement(query, permitted, whole));
  const found = nextPage({ database, query, permitted, whole, total, bound }, corpus && { scored, corpus }, place);
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  const result: SearchResult = {
    hits: shown.map(({ channel, message, score }) => ({ channel_id: channel, message_id: message, score })),
    total,
    next_cursor: last && found.length > query.limit ? encodePlace(query.sort, last.place) : null,
  };
  const likely = total === 0 ? suggestion(database, query.terms, permitted) : undefined;
  if (likely !== undefined) result.suggestion = likely;
  return result;
}

/** What the ranking is reckoned with: counts over the permitted documents. */
function corpusOf(database: Sqlite, scored: Scored[], permitted: Permitted): Corpus {
  const { documents, words } = permitted;
  const holding = scored.map((one) => {
    const match = matchOf(one);
    return countOf(database, countStatement(match, wholeScope(database, match, permitted)));
  });
  return { documents, length: Math.max(1, words / Math.max(1, documents)), holding };
}

/** A walk for each run of channels where all hits are so many that it pays; hits of other channels tell, but nobody sees more than the time. */
function wholeScope(database: Sqlite, match: string, permitted: Permitted): Scope {
  const { runs, documents } = permitted;
  if (runs.length <= 1) return byRuns(permitted);
  const tested = byTest(permitted);
  const enough = runs.length * testsPerWalk;
  if (enough > documents) return tested;
  const passed = countOf(database, countStatement(match, { ...tested, tested: null }, enough));
  return passed < enough ? tested : byRuns(permitted);
}

function countOf(database: Sqlite, { sql, values }: Statement): number {
  return database.all<{ n: number }>(sql, values)[0]!.n;
}
