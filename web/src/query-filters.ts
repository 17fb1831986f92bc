export type FilterKey = 'in' | 'from' | 'before' | 'after' | 'has';

/** A part of a search as it is written: a filter, a phrase or a word. */
const PART = /-?(?:(?<key>in|from|before|after|has):)?(?:"(?<quoted>[^"]*)"|(?<bare>\S+))/giu;
const SIGNS: Readonly<Partial<Record<FilterKey, string>>> = { in: '#', from: '@' };

/** The values of one filter in a search, without their # or @, in the order of writing. */
export function filterValues(q: string, key: FilterKey): string[] {
  return parts(q)
    .filter((part) => part.key === key && part.value !== '')
    .map(({ value }) => (value.startsWith(SIGNS[key] ?? ' ') ? value.slice(1) : value));
}

/** The search with this filter in place of those of its kind; undefined takes them out. */
export function withFilter(q: string, key: FilterKey, value: string | undefined): string {
  const rest = parts(q)
    .filter((part) => part.key !== key)
    .map(({ source }) => source);
  if (value !== undefined) {
    const signed = `${SIGNS[key] ?? ''}${value}`;
    rest.push(`${key}:${/\s/.test(signed) ? `"${signed}"` : signed}`);
  }
  return rest.join(' ');
}

interface Part {
  readonly source: string;
  readonly key: FilterKey | undefined;
  readonly value: string;
}

function parts(q: string): Part[] {
  return [...q.matchAll(PART)].map((match) => {
    const { key, quoted, bare } = match.groups!;
    return { source: match[0], key: key?.toLowerCase() as FilterKey | undefined, value: quoted ?? bare ?? '' };
  });
}
