export interface HighlightPart {
  readonly text: string;
  readonly marked: boolean;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

/** Reads a search highlight, which is HTML-escaped text with `<em>` as its only markup, without an HTML parser. */
export function parseHighlight(html: string): HighlightPart[] {
  const parts: HighlightPart[] = [];
  let marked = false;
  for (const piece of html.split(/(<\/?em>)/)) {
    if (piece === '<em>') marked = true;
    else if (piece === '</em>') marked = false;
    else if (piece !== '') parts.push({ text: decode(piece), marked });
  }
  return parts;
}

/** Stand for the ends of a mark while text around it is replaced: of no meaning to anyone, so left out of what was said. */
const [START, END] = ['\uE000', '\uE001'];
const ENDS = /[\uE000\uE001]/g;

export function unmarked(text: string): string {
  return text.replace(ENDS, '');
}

/** Several highlights of one text as one run; `change` may rewrite it, and sees links and mentions whole, marked or not. */
export function joinHighlights(highlights: readonly string[], change: (text: string) => string): HighlightPart[] {
  const joined = highlights
    .map((html) =>
      parseHighlight(html)
        .map(({ text, marked }) => (marked ? `${START}${unmarked(text)}${END}` : unmarked(text)))
        .join(''),
    )
    .join(' … ')
    .replace(/…(?:\s*…)+/g, '…');
  const parts: HighlightPart[] = [];
  let marked = false;
  for (const piece of change(joined).split(/([\uE000\uE001])/)) {
    if (piece === START) marked = true;
    else if (piece === END) marked = false;
    else if (piece !== '') parts.push({ text: piece, marked });
  }
  return parts;
}

function decode(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
}
