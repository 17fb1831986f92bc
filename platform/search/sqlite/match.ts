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

/** Words that count for the score; each costs a look at all of its places. */
const maxScored = 32;

/** Each word once, those of phrases too. */
export function scoredWords(terms: Term[]): Scored[] {
  return distinctWords(terms).slice(0, maxScored);
}

/** Whether a document that holds all scored words is a hit as far as the required terms go. */
export function scoredSuffice(terms: Term[]): boolean {
  return !terms.some((term) => term.kind === 'phrase' && !term.excluded) && distinctWords(terms).length <= maxScored;
}

function distinctWords(terms: Term[]): Scored[] {
  const distinct = new Map<string, Scored>();
  for (const term of terms) {
    if (term.excluded) continue;
    const prefix = term.kind === 'prefix';
    for (const word of term.kind === 'phrase' ? term.words : [term.word])
      distinct.set(`${word}${prefix ? '*' : ''}`, { word, prefix });
  }
  return [...distinct.values()];
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
