import type { estypes } from '@elastic/elasticsearch';
import type { SearchQuery, Term } from '../port.ts';
import { type Scored, scoredSuffice } from '../scored.ts';

type Clause = estypes.QueryDslQueryContainer;

/** The living documents that someone may read: all that a search, a count or a suggestion looks at. */
export function permitted({ workspace_id, channel_ids }: SearchQuery): Clause[] {
  return [
    { term: { workspace_id } },
    { terms: { channel_id: [...new Set(channel_ids)] } },
    { term: { deleted: false } },
  ];
}

/** What a hit must hold and must not, without a score. `scored`: the words that the ranking demands already. */
export function conditions(query: SearchQuery, scored: boolean): { filter: Clause[]; must_not: Clause[] } {
  const required = scored && scoredSuffice(query.terms) ? [] : query.terms.filter((term) => !term.excluded);
  const filter = [...permitted(query), ...required.map(holds)];
  if (query.from !== undefined) filter.push({ terms: { user_id: query.from } });
  if (query.before !== undefined) filter.push({ range: { created_at: { lt: query.before } } });
  if (query.after !== undefined) filter.push({ range: { created_at: { gt: query.after } } });
  if (query.has_link) filter.push({ term: { has_link: true } });
  return { filter, must_not: query.terms.filter((term) => term.excluded).map(holds) };
}

export function holdsWord({ word, prefix }: Scored): Clause {
  return prefix ? { prefix: { words: { value: word } } } : { term: { words: { value: word } } };
}

/** Words are compared as they are; a phrase's are cut at the blanks, as the field's are. */
function holds(term: Term): Clause {
  if (term.kind === 'phrase') return { match_phrase: { words: { query: term.words.join(' ') } } };
  return holdsWord({ word: term.word, prefix: term.kind === 'prefix' });
}
