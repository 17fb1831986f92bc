import type { Term } from '../port.ts';
import type { Scored } from '../scored.ts';

/** The FTS5 expression for the terms that must hold, null for none. */
export function required(terms: Term[]): string | null {
  return joined(
    terms.filter((term) => !term.excluded),
    ' AND ',
  );
}

/** The FTS5 expression for what no hit may hold, null for nothing. */
export function excluded(terms: Term[]): string | null {
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
