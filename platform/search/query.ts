import { MillraceError } from '../errors/error.ts';
import type { Term } from './port.ts';
import { type Part, splitQuery } from './query-parts.ts';
import { wordsOf } from './words.ts';

/** What a person wrote into the search field. Names are as written (without # and @): the caller looks them up. */
export interface ParsedQuery {
  terms: Term[];
  /** Channel names; any of them. */
  in: string[];
  /** Names or ids of authors; any of them. */
  from: string[];
  /** Exclusive bounds on created_at, in milliseconds since 1970. */
  before?: number;
  after?: number;
  has_link?: boolean;
}

const day = 86_400_000;
const maxTerms = 32;
const maxFilters = 32;

/**
 * Parses `in:#name from:@name-or-id before:DATE after:DATE has:link "phrase" -word pre*`. DATE is a UTC day, itself
 * excluded. A word that is several by the analysis (it's, snake_case, a link) is a phrase. Keywords are case-insensitive;
 * values with blanks go into quotes (from:"Ann Lee"). Error: `invalid_request` that names the part and the reason.
 */
export function parseQuery(text: string): ParsedQuery {
  const parsed: ParsedQuery = { terms: [], in: [], from: [] };
  for (const part of splitQuery(text)) {
    if (part.key === null) addTerms(parsed.terms, part);
    else addFilter(parsed, part.key, part);
  }
  if (parsed.terms.length > maxTerms) throw refused(`${parsed.terms.length} words are too many: at most ${maxTerms}`);
  if (parsed.in.length + parsed.from.length > maxFilters) throw refused(`at most ${maxFilters} of in: and from:`);
  return parsed;
}

function addFilter(parsed: ParsedQuery, key: string, part: Part): void {
  if (part.excluded) throw refused(`${part.source}: only words and phrases can be excluded by -`);
  if (part.value === '') throw refused(`${part.source} needs a value right behind the colon, such as ${examples[key]}`);
  switch (key) {
    case 'in':
      parsed.in.push(named(part, '#'));
      return;
    case 'from':
      parsed.from.push(named(part, '@'));
      return;
    case 'before':
      parsed.before = Math.min(parsed.before ?? Number.POSITIVE_INFINITY, startOfDay(part));
      return;
    case 'after':
      // The bound is exclusive, and the whole day lies before it.
      parsed.after = Math.max(parsed.after ?? Number.NEGATIVE_INFINITY, startOfDay(part) + day - 1);
      return;
    default:
      if (part.value.toLowerCase() !== 'link') throw refused(`${part.source}: has: knows only link`);
      parsed.has_link = true;
  }
}

const examples: { [key: string]: string } = {
  in: 'in:#general',
  from: 'from:@ann',
  before: 'before:2024-12-31',
  after: 'after:2024-12-31',
  has: 'has:link',
};

function named(part: Part, sign: string): string {
  const name = part.value.startsWith(sign) ? part.value.slice(1) : part.value;
  if (name === '') throw refused(`${part.source} needs a name behind ${sign}`);
  return name;
}

function startOfDay(part: Part): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(part.value);
  const time = match ? Date.parse(`${part.value}T00:00:00.000Z`) : Number.NaN;
  // The calendar has the last word: engines differ in whether 02-30 is an error or March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== part.value) {
    throw refused(`${part.source}: ${part.value} is no day of the form YYYY-MM-DD`);
  }
  return time;
}

function addTerms(terms: Term[], part: Part): void {
  const { excluded } = part;
  const words = wordsOf(part.value).map((found) => found.word);
  if (!part.quoted && part.prefix) {
    const last = words.pop();
    if (last === undefined) return;
    if (words.length > 0 && excluded) throw refused(`${part.source}: an excluded prefix is one word`);
    for (const word of words) terms.push({ kind: 'word', word, excluded });
    terms.push({ kind: 'prefix', word: last, excluded });
    return;
  }
  // What holds no word (an emoji, a sign) can be found nowhere and asks for nothing.
  if (words.length === 1) terms.push({ kind: 'word', word: words[0]!, excluded });
  else if (words.length > 1) terms.push({ kind: 'phrase', words, excluded });
}

function refused(detail: string): MillraceError {
  return new MillraceError('invalid_request', `q: ${detail}`);
}
