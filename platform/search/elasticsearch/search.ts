import type { estypes } from '@elastic/elasticsearch';
import { type Corpus, decodePosition, encodePosition, type Position } from '../cursor.ts';
import type { SearchQuery, SearchResult } from '../port.ts';
import { type Scored, scoredWords } from '../scored.ts';
import { readCorpus, totalOf } from './corpus.ts';
import { deadline_ms, type Engine, isGone } from './engine.ts';
import { conditions } from './query.ts';
import { nothingServes } from './roles.ts';
import { scoredClause } from './score.ts';
import { suggestion } from './suggest.ts';

/**
 * A page of the index (or alias). No point in time is held for paging: a hit's place depends on the document and on what
 * the cursor holds alone, so added documents move none.
 */
export async function search(engine: Engine, index: string, query: SearchQuery): Promise<SearchResult> {
  const scored = scoredWords(query.terms);
  const at = query.cursor === undefined ? undefined : decodePosition(query.sort, scored.length, query.cursor);
  const signal = AbortSignal.timeout(deadline_ms);
  try {
    return await page(engine, index, query, scored, at, signal);
  } catch (error) {
    // The generation was dropped under the search; the alias has gone over to another before.
    if (!isGone(error)) throw error;
    return page(engine, index, query, scored, at, signal).catch((again: unknown) => {
      throw isGone(again) ? nothingServes(index) : again;
    });
  }
}

async function page(
  engine: Engine,
  index: string,
  query: SearchQuery,
  scored: Scored[],
  at: Position | undefined,
  signal: AbortSignal,
): Promise<SearchResult> {
  const corpus =
    query.sort === 'newest' ? null : (at?.corpus ?? (await readCorpus(engine, index, query, scored, signal)));
  const request = pageRequest(index, query, scored, corpus, at);
  const { hits } = await engine.ask((client, sending) => client.search(request, sending), signal);
  const total = totalOf(hits.total);
  const ranked = hasRank(query, scored);
  const found = hits.hits.map(({ sort }) => position(ranked, sort ?? [], corpus));
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  const result: SearchResult = {
    hits: shown.map(({ rank, message, channel }) => ({
      channel_id: channel,
      message_id: message,
      score: query.sort === 'newest' ? 0 : rank,
    })),
    total,
    next_cursor: last && found.length > query.limit ? encodePosition(query.sort, last) : null,
  };
  const likely = total === 0 ? await suggestion(engine, index, query, signal) : undefined;
  if (likely !== undefined) result.suggestion = likely;
  return result;
}

/** Where no word is asked for, nothing is more relevant than the next. */
function hasRank(query: SearchQuery, scored: Scored[]): boolean {
  return query.sort === 'newest' || scored.length > 0;
}

function pageRequest(
  index: string,
  query: SearchQuery,
  scored: Scored[],
  corpus: Corpus | null,
  at: Position | undefined,
): estypes.SearchRequest {
  const ranking = corpus === null ? [] : scored.map((one, number) => scoredClause(one, number, corpus));
  const ranked = hasRank(query, scored);
  const places: estypes.SortCombinations[] = [{ message_id: 'desc' }, { channel_id: 'desc' }];
  const rank: estypes.SortCombinations =
    query.sort === 'newest' ? { created_at: 'desc' } : { _score: { order: 'desc' } };
  return {
    index,
    size: query.limit + 1,
    _source: false,
    track_total_hits: true,
    // Half an answer would look like a whole one.
    allow_partial_search_results: false,
    query: { bool: { ...conditions(query, ranking.length > 0), must: ranking } },
    sort: ranked ? [rank, ...places] : places,
    ...(at && { search_after: ranked ? [at.rank, at.message, at.channel] : [at.message, at.channel] }),
  };
}

/** All that a hit needs is what it was sorted by. */
function position(ranked: boolean, sort: estypes.SortResults, corpus: Corpus | null): Position {
  const [rank, message, channel] = ranked ? sort : [0, ...sort];
  return { rank: Number(rank), message: String(message), channel: String(channel), corpus };
}
