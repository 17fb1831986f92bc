/**
 * How often words stand in a document, of those that do so more than once: ` word=2 other=3`. Most texts have few of them, so
 * this is shorter than all counts. Words are letters, digits and marks (words.ts): neither sign can be in one.
 */
export function repeatsOf(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  let repeats = '';
  for (const [word, count] of counts) if (count > 1) repeats += ` ${word}=${count}`;
  return repeats;
}

/** In SQL: how often a word stands in a document that holds it. `mark` is the bound value of `markOf(word)`. */
export function countIn(repeats: string, mark: string): string {
  const found = `instr(${repeats}, ${mark})`;
  // The cast reads the digits and stops at the blank.
  return `CASE WHEN ${found} > 0 THEN CAST(substr(${repeats}, ${found} + length(${mark})) AS INTEGER) ELSE 1 END`;
}

export function markOf(word: string): string {
  return ` ${word}=`;
}
