import type { Term } from './port.ts';

/** A word that counts for the score; `prefix`: any word that begins so. */
export interface Scored {
  word: string;
  prefix: boolean;
}

/** Words that count for the score; each costs a look at all of its places. */
const maxScored = 32;

/** BM25's usual constants. */
export const k1 = 1.2;
export const b = 0.75;

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
