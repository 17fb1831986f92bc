import type { Term } from './port.ts';
import { type Word, wordsOf } from './words.ts';

interface Span {
  start: number;
  end: number;
}

const maxSnippets = 3;
/** UTF-16 units of context on each side of a snippet's matches. */
const context = 60;

/**
 * Up to three snippets of the text around what the terms found, in the text's order: HTML-escaped, matches in <em>, an
 * ellipsis where text was left out. Excluded terms mark nothing; where nothing matches (filters alone) there are none.
 */
export function highlights(text: string, terms: Term[]): string[] {
  const spans = matches(wordsOf(text), terms);
  const snippets: string[] = [];
  for (let at = 0; at < spans.length && snippets.length < maxSnippets; ) {
    // Matches whose contexts would touch share a snippet.
    let last = at;
    while (
      last + 1 < spans.length &&
      spans[last + 1]!.start - spans[last]!.end <= 2 * context &&
      spans[last]!.end - spans[at]!.start < 4 * context
    )
      last++;
    snippets.push(snippet(text, spans.slice(at, last + 1)));
    at = last + 1;
  }
  return snippets;
}

/** Where the terms are, sorted, overlapping ones joined. */
function matches(words: Word[], terms: Term[]): Span[] {
  const spans: Span[] = [];
  for (const term of terms) {
    if (term.excluded) continue;
    const wanted = term.kind === 'phrase' ? term.words : [term.word];
    const fits = term.kind === 'prefix' ? (word: string) => word.startsWith(term.word) : undefined;
    for (let at = 0; at + wanted.length <= words.length; at++) {
      const found = wanted.every((word, index) =>
        fits ? fits(words[at + index]!.word) : words[at + index]!.word === word,
      );
      if (found) spans.push({ start: words[at]!.start, end: words[at + wanted.length - 1]!.end });
    }
  }
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined;
}

function snippet(text: string, spans: Span[]): string {
  const start = startNear(text, spans[0]!.start);
  const end = endNear(text, spans.at(-1)!.end);
  let html = start > 0 ? '…' : '';
  let at = start;
  for (const span of spans) {
    html += `${escaped(text.slice(at, span.start))}<em>${escaped(text.slice(span.start, span.end))}</em>`;
    at = span.end;
  }
  return html + escaped(text.slice(at, end)) + (end < text.length ? '…' : '');
}

/** The start of a word about `context` before; where there is no blank, a boundary between characters. */
function startNear(text: string, position: number): number {
  const wanted = position - context;
  if (wanted <= 0) return 0;
  const blank = text.slice(wanted, position).search(/\s\S/u);
  if (blank >= 0) return wanted + blank + 1;
  return isLow(text, wanted) ? wanted + 1 : wanted;
}

function endNear(text: string, position: number): number {
  const wanted = position + context;
  if (wanted >= text.length) return text.length;
  const kept = text.slice(position, wanted).replace(/\s+\S*$/u, '');
  if (kept.length > 0 && kept.length < context) return position + kept.length;
  return isLow(text, wanted) ? wanted - 1 : wanted;
}

function isLow(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit < 0xe000;
}

const entities: { [sign: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign]!);
}
