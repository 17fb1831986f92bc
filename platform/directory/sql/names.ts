import { createHash } from 'node:crypto';

/**
 * What a name is compared by "without regard to case". Done here and not in SQL, for the engines' own ideas of case
 * differ (SQLite knows ASCII only). Upper case first makes ß and SS, and the sigma at a word's end, meet.
 */
export function nameKey(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
}

/** The end of the range of keys that begin with `prefix`, itself excluded: no character sorts behind U+10FFFF. */
export function prefixEnd(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

/** What an erased person is known by, so that a token of theirs makes them no new one. */
export function personHash(workspaceId: string, userId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([workspaceId, userId]))
    .digest('base64url');
}

/** The same for the same people in any order. Hashed, for an index has a bound on its keys. */
export function dmKey(userIds: Iterable<string>): string {
  const sorted = [...new Set(userIds)].sort();
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url');
}
