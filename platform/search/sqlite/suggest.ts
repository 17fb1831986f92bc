import type { Sqlite } from '../../worker/sqlite.ts';
import { editDistance } from '../edit-distance.ts';
import type { Term } from '../port.ts';
import { editsOf } from './edits.ts';
import { matchOf } from './match.ts';
import type { Permitted } from './permitted.ts';
import { byTest } from './scope.ts';
import { countStatement } from './select.ts';

/** Spellings that are looked up for one misspelt word, some 20 µs each. */
const maxEdits = 1500;
/** Words of the index that are compared with it beyond. */
const maxCompared = 30_000;
/** Which of them: those that begin alike. FTS5 reads all places of a word to list it, so a letter's words would take a second. */
const sameLetters = 3;
/** Longer ones are seldom words. */
const longest = 24;
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
  if (word.length > longest) return undefined;
  const one = mostUsed(database, heldAmong(database, editsOf(word, maxEdits)), permitted);
  if (one !== undefined || word.length <= 4) return one;
  const near = beginningAlike(database, word).filter((term) => editDistance(word, term, 2) <= 2);
  return mostUsed(database, near, permitted);
}

/** Of words that are as near as each other, the one that is used more. */
function mostUsed(database: Sqlite, near: string[], permitted: Permitted): string | undefined {
  const used = near
    .sort()
    .slice(0, maxVerified)
    .map((term) => ({ term, documents: holding(database, term, permitted, 100) }))
    .filter(({ documents }) => documents > 0)
    .sort((x, y) => y.documents - x.documents || (x.term < y.term ? -1 : 1));
  return used[0]?.term;
}

/** Those of the words that any document holds. */
function heldAmong(database: Sqlite, words: string[]): string[] {
  const rows = database.all<{ term: string }>(
    `SELECT w.value AS term FROM json_each(?) w
     WHERE EXISTS (SELECT 1 FROM words WHERE words MATCH '"' || w.value || '"' LIMIT 1)`,
    [JSON.stringify(words)],
  );
  return rows.map(({ term }) => term);
}

/** Words of about the same length with the same first letters. */
function beginningAlike(database: Sqlite, word: string): string[] {
  const first = [...word].slice(0, sameLetters).join('');
  const rows = database.all<{ term: string }>(
    'SELECT term FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ?',
    [first, `${first}\u{10FFFF}`, word.length - 2, word.length + 2, maxCompared],
  );
  return rows.map(({ term }) => term);
}

/** How many permitted documents hold the word, counted up to `most`. */
function holding(database: Sqlite, word: string, permitted: Permitted, most: number): number {
  const { sql, values } = countStatement(matchOf({ word, prefix: false }), byTest(permitted), most);
  return database.all<{ n: number }>(sql, values)[0]!.n;
}
