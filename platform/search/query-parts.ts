import { MillraceError } from '../errors/error.ts';

/** One part of a query as written: a word, a phrase, or a filter. */
export interface Part {
  /** The part in the query's own letters, for error texts. */
  source: string;
  /** in, from, before, after or has; null for words and phrases. */
  key: string | null;
  /** Without quotes, minus and key. */
  value: string;
  quoted: boolean;
  excluded: boolean;
  /** A word that ends in *. */
  prefix: boolean;
}

const maxLength = 2_000;

/** Another word in front of a colon is text (note:this, https://…). */
const keyed = /^(in|from|before|after|has):(.*)$/isu;

/** Cuts a query at its blanks, but not inside quotes. Error: `invalid_request` for a quote without its end. */
export function splitQuery(text: string): Part[] {
  if (text.length > maxLength) throw refused(`at most ${maxLength} characters`);
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/u.test(text[at]!)) {
      at++;
      continue;
    }
    const end = endOf(text, at);
    parts.push(partOf(text.slice(at, end)));
    at = end;
  }
  return parts;
}

/** A quote counts where a phrase can begin: in front, behind a minus, a filter's colon or a name's sign. Elsewhere it is a sign (5"). */
function endOf(text: string, start: number): number {
  const opening = /^-?(?:(?:in|from|before|after|has):[@#]?)?"/isu.exec(text.slice(start, start + 16));
  if (opening) {
    const close = text.indexOf('"', start + opening[0].length);
    if (close < 0) throw refused(`${text.slice(start, start + 40)} lacks its closing quote`);
    return close + 1;
  }
  const blank = text.slice(start).search(/\s/u);
  return blank < 0 ? text.length : start + blank;
}

function partOf(source: string): Part {
  const excluded = source.startsWith('-') && source.length > 1;
  const rest = excluded ? source.slice(1) : source;
  const match = keyed.exec(rest);
  const written = match ? match[2]! : rest;
  // @"Ann Lee" is the name "@Ann Lee".
  const value = match ? written.replace(/^([@#])"(.*)"$/su, '"$1$2"') : written;
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return {
    source,
    key: match ? match[1]!.toLowerCase() : null,
    value: quoted ? value.slice(1, -1) : value,
    quoted,
    excluded,
    prefix: !quoted && value.endsWith('*'),
  };
}

function refused(detail: string): MillraceError {
  return new MillraceError('invalid_request', `q: ${detail}`);
}
