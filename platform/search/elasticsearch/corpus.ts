import type { Corpus } from '../cursor.ts';
import type { SearchQuery } from '../port.ts';
import type { Scored } from '../scored.ts';
import type { Engine } from './engine.ts';
import { holdsWord, permitted } from './query.ts';

/** What the ranking is reckoned with: counts over the permitted documents. */
export async function readCorpus(
  engine: Engine,
  index: string,
  query: SearchQuery,
  scored: Scored[],
  signal: AbortSignal,
): Promise<Corpus> {
  if (scored.length === 0) return { documents: 0, length: 0, holding: [] };
  const { hits, aggregations } = await engine.ask(
    (client, sending) =>
      client.search<unknown, { words: { value: number }; holding: { buckets: { doc_count: number }[] } }>(
        {
          index,
          size: 0,
          allow_partial_search_results: false,
          track_total_hits: true,
          query: { bool: { filter: permitted(query) } },
          aggs: {
            words: { sum: { field: 'length' } },
            holding: { filters: { filters: scored.map(holdsWord) } },
          },
        },
        sending,
      ),
    signal,
  );
  const documents = totalOf(hits.total);
  return {
    documents,
    length: (aggregations?.words.value ?? 0) / Math.max(1, documents),
    holding: (aggregations?.holding.buckets ?? []).map((bucket) => bucket.doc_count),
  };
}

/** Exact, for every search here asks for that. */
export function totalOf(total: number | { value: number } | undefined): number {
  return typeof total === 'object' ? total.value : (total ?? 0);
}
