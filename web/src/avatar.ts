import { h } from './dom.ts';

const HUES = 10;

/** A tile with the person's initials, always in the same one of ten colours. */
export function avatar(userId: string, name: string): HTMLElement {
  // Drawn by the style: as text they would be part of what a button says.
  return h('span', { class: `avatar hue-${hueOf(userId)}`, 'aria-hidden': 'true', 'data-initials': initials(name) });
}

/** From 0 to 9, the same for the same id. */
function hueOf(userId: string): number {
  let hash = 0;
  for (const char of userId) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  return hash % HUES;
}

/** One or two letters. */
function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => [...word][0]!.toUpperCase()).join('') || '?';
}
