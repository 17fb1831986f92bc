import type { estypes } from '@elastic/elasticsearch';
import { editDistance } from '../edit-distance.ts';
import type { SearchDocument, SearchQuery } from '../port.ts';
import { wordsOf } from '../words.ts';
import type { Engine } from './engine.ts';
import { permitted } from './query.ts';

/** Documents whose words are looked at for one misspelt word. */
const maxDocuments = 100;
const maxWords = 4;

/**
 * A likely spelling for the first word that the permitted channels don't hold; undefined where there is none. The words
 * come from permitted documents themselves: the engine's own suggesters would give away what is said in other channels.
 */
export async function suggestion(
  engine: Engine,
  index: string,
  query: SearchQuery,
  signal: AbortSignal,
): Promise<string | undefined> {
  const words = query.terms.filter((term) => term.kind === 'word' && !term.excluded).slice(0, maxWords);
  for (const { word } of words as { word: string }[]) {
    if (word.length < 3) continue;
    const allowed = word.length <= 4 ? 1 : 2;
    const request: estypes.SearchRequest = {
      index,
      size: maxDocuments,
      _source: ['text'],
      track_total_hits: false,
      allow_partial_search_results: false,
      query: { bool: { filter: permitted(query), should: likes(word, allowed), minimum_should_match: 1 } },
      // The same documents each time, whatever shard answers.
      sort: [{ _score: { order: 'desc' } }, { created_at: 'desc' }, { message_id: 'desc' }, { channel_id: 'desc' }],
    };
    const { hits } = await engine.ask((client, sending) => client.search<SearchDocument>(request, sending), signal);
    const found = nearest(
      word,
      allowed,
      hits.hits.map((hit) => hit._source!.text),
    );
    // Nearest of all is the word itself: it is there, another one is at fault.
    if (found !== undefined && found !== word) return found;
  }
  return undefined;
}

/**
 * The nearer, the better, and the same for all documents that are as near. Every word within the distance counts, however
 * many there are in the index: a bound would let words of other channels push out those of the permitted ones.
 */
function likes(word: string, allowed: number): estypes.QueryDslQueryContainer[] {
  return Array.from({ length: allowed + 1 }, (_, distance) => ({
    constant_score: {
      filter: { fuzzy: { words: { value: word, fuzziness: String(distance), rewrite: 'constant_score' } } },
    },
  }));
}

/** The word nearest to the misspelt one; of those as near, the one in more documents. */
function nearest(word: string, allowed: number, texts: string[]): string | undefined {
  const holding = new Map<string, number>();
  for (const text of texts) {
    for (const one of new Set(wordsOf(text).map((found) => found.word))) holding.set(one, (holding.get(one) ?? 0) + 1);
  }
  return [...holding]
    .map(([term, documents]) => ({ term, documents, distance: editDistance(word, term, allowed) }))
    .filter((one) => one.distance <= allowed)
    .sort((x, y) => x.distance - y.distance || y.documents - x.documents || (x.term < y.term ? -1 : 1))[0]?.term;
}
