import type { Term } from '../port.ts';

/** A word that counts for the score; `prefix`: any word that begins so. */
export interface Scored {
  word: string;
  prefix: boolean;
}

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

/** Each word once, those of phrases too. */
export function scoredWords(terms: Term[]): Scored[] {
  const scored = new Map<string, Scored>();
  for (const term of terms) {
    if (term.excluded) continue;
    const prefix = term.kind === 'prefix';
    for (const word of term.kind === 'phrase' ? term.words : [term.word])
      scored.set(`${word}${prefix ? '*' : ''}`, { word, prefix });
  }
  return [...scored.values()];
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
