/** A word of a text, as every engine indexes and looks for it, and where it stands in the original. */
export interface Word {
  /** Normalised: never empty, only letters, digits and marks, without case and accents. */
  word: string;
  /** UTF-16 offsets in the original text; end excluded. */
  start: number;
  end: number;
}

/** Longer words (encoded files, mostly) are found by their first 128 characters, in texts and queries alike. */
const maxLength = 128;

const runs = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** Scripts that put no space between words. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

/**
 * Marks that are accents or are left out at will. Those of Thai, the Indian scripts and others stay, for there they are
 * vowels, and so do the two Japanese voicing marks: without them other words would match.
 */
const accents =
  /(?=\p{M})(?![\u3099\u309a])[\p{sc=Inherited}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}]/gu;

const noWord = /[^\p{L}\p{N}\p{M}]/gu;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The words of a text, in order. One analysis for all engines, and for queries and texts: so what matches is the same everywhere. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(runs)) {
    const run = match[0];
    if (unspaced.test(run)) {
      for (const part of segmenter.segment(run)) add(words, part.segment, match.index + part.index);
    } else {
      add(words, run, match.index);
    }
  }
  return words;
}

function add(words: Word[], original: string, start: number): void {
  const word = normalised(original);
  if (word !== '') words.push({ word, start, end: start + original.length });
}

/** Plain ASCII words are most of a text, and need none of the rest. */
const plain = /^[a-z0-9]+$/;

function normalised(original: string): string {
  if (plain.test(original)) return original.slice(0, maxLength);
  // Upper case first: that is how ß meets ss and every sigma the others, as case folding has it.
  const folded = original
    .normalize('NFKD')
    .replace(accents, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKD')
    .replace(accents, '')
    .replace(noWord, '')
    .normalize('NFC');
  return folded.length <= maxLength ? folded : cut(folded);
}

/** Cut between characters, never inside a surrogate pair. */
function cut(word: string): string {
  const high = word.charCodeAt(maxLength - 1);
  return word.slice(0, high >= 0xd800 && high < 0xdc00 ? maxLength - 1 : maxLength);
}
