import type { Term } from '../port.ts';
import type { Scored } from '../scored.ts';

/** The FTS5 expression for the terms, null where none must hold: FTS5 can't look for what is not there alone. */
export function matchOfAll(terms: Term[]): string | null {
  const required = joined(
    terms.filter((term) => !term.excluded),
    ' AND ',
  );
  const none = matchOfExcluded(terms);
  return required === null || none === null ? required : `(${required}) NOT (${none})`;
}

/** The FTS5 expression for what no hit may hold, null for nothing. */
export function matchOfExcluded(terms: Term[]): string | null {
  return joined(
    terms.filter((term) => term.excluded),
    ' OR ',
  );
}

/** The FTS5 expression for a scored word. */
export function matchOf({ word, prefix }: Scored): string {
  return prefix ? `${quoted(word)} *` : quoted(word);
}

function joined(terms: Term[], by: string): string | null {
  return terms.length === 0 ? null : terms.map(expression).join(by);
}

function expression(term: Term): string {
  if (term.kind === 'phrase') return quoted(term.words.join(' '));
  return matchOf({ word: term.word, prefix: term.kind === 'prefix' });
}

/** Words hold no quotes; a caller that did not get them from words.ts must not write expressions either. */
function quoted(words: string): string {
  return `"${words.replaceAll('"', '""')}"`;
}
