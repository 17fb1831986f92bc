import type { Sqlite } from '../../worker/sqlite.ts';
import { editDistance } from '../edit-distance.ts';
import type { Term } from '../port.ts';
import { matchOf } from './match.ts';
import type { Permitted } from './permitted.ts';
import { byTest } from './scope.ts';
import { countStatement } from './select.ts';

/** Words of the index that are compared with one misspelt word: bounds the time of a search that found nothing. */
const maxCompared = 30_000;
/** The same for the cheap look at words that differ in their first letter alone. */
const maxScanned = 200_000;
/** Of those near enough, how many are looked for in the permitted channels. */
const maxVerified = 30;
const maxWords = 4;

/**
 * A likely spelling for the first word that the permitted channels don't hold; undefined where there is none. Only words
 * that they do hold are suggested: another one would give away what is said in channels one can't read.
 */
export function suggestion(database: Sqlite, terms: Term[], permitted: Permitted): string | undefined {
  const words = terms.filter((term) => term.kind === 'word' && !term.excluded).slice(0, maxWords);
  for (const { word } of words as (Term & { kind: 'word' })[]) {
    if (word.length < 3 || holding(database, word, permitted, 1) > 0) continue;
    const found = nearest(database, word, permitted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nearest(database: Sqlite, word: string, permitted: Permitted): string | undefined {
  const allowed = word.length <= 4 ? 1 : 2;
  const near = candidates(database, word, allowed)
    .map((term) => ({ term, distance: editDistance(word, term, allowed) }))
    .filter((one) => one.distance <= allowed)
    .sort((x, y) => x.distance - y.distance || (x.term < y.term ? -1 : 1))
    .slice(0, maxVerified)
    .map((one) => ({ ...one, documents: holding(database, one.term, permitted, 100) }))
    .filter((one) => one.documents > 0)
    // Of those as near as each other, the one that is used more.
    .sort((x, y) => x.distance - y.distance || y.documents - x.documents || (x.term < y.term ? -1 : 1));
  return near[0]?.term;
}

/**
 * Words of about the same length with the same first letter, or with the second one first (swapped, or one too many);
 * and words that are the same from the second letter on (a wrong first letter, or none).
 */
function candidates(database: Sqlite, word: string, allowed: number): string[] {
  const found = new Set<string>();
  for (const first of new Set([...word].slice(0, 2))) {
    const rows = database.all<{ term: string }>(
      'SELECT term FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ?',
      [first, `${first}\u{10FFFF}`, word.length - allowed, word.length + allowed, maxCompared],
    );
    for (const { term } of rows) found.add(term);
  }
  const others = database.all<{ term: string }>(
    'SELECT term FROM (SELECT term FROM vocabulary LIMIT ?) WHERE substr(term, 2) IN (?, ?)',
    [maxScanned, word, [...word].slice(1).join('')],
  );
  for (const { term } of others) found.add(term);
  return [...found];
}

/** How many permitted documents hold the word, counted up to `most`. */
function holding(database: Sqlite, word: string, permitted: Permitted, most: number): number {
  const { sql, values } = countStatement(matchOf({ word, prefix: false }), byTest(permitted), most);
  return database.all<{ n: number }>(sql, values)[0]!.n;
}
