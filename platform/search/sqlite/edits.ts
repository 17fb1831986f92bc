/** So many code points in a row, from a multiple of it on, are mostly of one script. */
const group = 128;
const letter = /^[\p{Ll}\p{Lo}]$/u;
const digit = /^[0-9]$/;
const digits = [...'0123456789'];
const latin = [...'abcdefghijklmnopqrstuvwxyz'];

/**
 * What a word may have been meant for by one slip: a letter too many, two swapped, one wrong, one left out
 * (P. Norvig, How to Write a Spelling Corrector). Likelier slips first; `most` of them.
 */
export function editsOf(word: string, most: number): string[] {
  const letters = [...word];
  const alphabet = alphabetOf(letters);
  const edits = new Set<string>();
  const add = (at: number, left: number, ...instead: string[]): void => {
    edits.add(letters.toSpliced(at, left, ...instead).join(''));
  };
  for (let at = 0; at < letters.length; at++) add(at, 1);
  for (let at = 1; at < letters.length; at++) add(at - 1, 2, letters[at]!, letters[at - 1]!);
  for (let at = 0; at < letters.length; at++) for (const other of alphabet) add(at, 1, other);
  for (let at = 0; at <= letters.length; at++) for (const more of alphabet) add(at, 0, more);
  edits.delete(word);
  edits.delete('');
  return [...edits].slice(0, most);
}

/** The letters of the scripts that a word is written in; digits where it has some. */
function alphabetOf(letters: string[]): string[] {
  const alphabet = new Set<string>();
  for (const one of letters) {
    const own = digit.test(one) ? digits : one < '\x80' ? latin : neighbours(one);
    for (const other of own) alphabet.add(other);
  }
  return [...alphabet];
}

function neighbours(one: string): string[] {
  const code = one.codePointAt(0)!;
  const first = code - (code % group);
  const around = Array.from({ length: group }, (_, i) => String.fromCodePoint(first + i));
  return around.filter((other) => letter.test(other));
}
