import type { LetterSummary } from './view.ts';

/** Which letters; what is unset fits all. */
export interface LetterFilter {
  topology?: string;
  node?: string;
  code?: string;
  /** A part of the cause, whatever its case. */
  cause?: string;
  key?: string;
  /** Given up in the last so many milliseconds. */
  since_ms?: number;
  /** Also those about which something was done. */
  resolved?: boolean;
}

export function fits(letter: LetterSummary, filter: LetterFilter, now_ms: number): boolean {
  return (
    (filter.resolved === true || letter.outcome === null) &&
    (filter.topology === undefined || letter.topology === filter.topology) &&
    (filter.node === undefined || letter.node === filter.node) &&
    (filter.code === undefined || letter.code === filter.code) &&
    (filter.key === undefined || letter.key === filter.key) &&
    (filter.cause === undefined || letter.cause.toLowerCase().includes(filter.cause.toLowerCase())) &&
    (filter.since_ms === undefined || letter.at >= now_ms - filter.since_ms)
  );
}

export interface LetterGroup {
  topology: string;
  node: string;
  code: string;
  cause: string;
  count: number;
  keys: number;
  /** When the first and the last were given up. */
  first: number;
  last: number;
}

/** Letters by what went wrong where, most first. Numbers and ids in a cause don't make it another one. */
export function grouped(letters: LetterSummary[]): LetterGroup[] {
  const groups = new Map<string, LetterGroup & { seen: Set<string> }>();
  for (const { topology, node, code, cause, key, at } of letters) {
    const reason = [topology, node, code, cause.replace(/\d+/g, '#')].join('\0');
    const group = groups.get(reason);
    if (!group) {
      const one = { topology, node, code, cause, count: 1, keys: 0, first: at, last: at, seen: new Set([key]) };
      groups.set(reason, one);
    } else {
      group.count++;
      group.seen.add(key);
      group.last = at;
    }
  }
  return [...groups.values()]
    .map(({ seen, ...group }) => ({ ...group, keys: seen.size }))
    .sort((a, b) => b.count - a.count);
}
