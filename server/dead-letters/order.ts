import type { LetterSummary } from './view.ts';

/** Negative where `a` came before `b`: by where their records stood at first, so that one that failed again keeps its place. */
export function byPlace(a: LetterSummary, b: LetterSummary): number {
  return a.topic === b.topic && a.partition === b.partition ? a.offset - b.offset || a.id - b.id : a.id - b.id;
}

/** Letters of one lane keep their order. */
export function laneOf({ topology, key }: LetterSummary): string {
  return `${topology}\0${key}`;
}

/**
 * Letters about which nothing was done, that came before a chosen one of their key in their topology, and that are not
 * chosen with it: were it redriven, they would be overtaken. By the chosen letter.
 */
export function overtaken(
  chosen: LetterSummary[],
  all: LetterSummary[],
): { letter: LetterSummary; before: LetterSummary[] }[] {
  const ids = new Set(chosen.map(({ id }) => id));
  const waiting = new Map<string, LetterSummary[]>();
  for (const letter of all) {
    if (letter.outcome !== null || ids.has(letter.id)) continue;
    const lane = waiting.get(laneOf(letter));
    if (lane) lane.push(letter);
    else waiting.set(laneOf(letter), [letter]);
  }
  return chosen.flatMap((letter) => {
    const before = (waiting.get(laneOf(letter)) ?? []).filter((other) => byPlace(other, letter) < 0);
    return before.length > 0 ? [{ letter, before }] : [];
  });
}
