import type { Term } from '../port.ts';

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

function joined(terms: Term[], by: string): string | null {
  return terms.length === 0 ? null : terms.map(expression).join(by);
}

function expression(term: Term): string {
  if (term.kind === 'phrase') return quoted(term.words.join(' '));
  return term.kind === 'prefix' ? `${quoted(term.word)} *` : quoted(term.word);
}

/** Words hold no quotes; a caller that did not get them from words.ts must not write expressions either. */
function quoted(words: string): string {
  return `"${words.replaceAll('"', '""')}"`;
}
