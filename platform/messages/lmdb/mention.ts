import { key, numberAt } from '../../lmdb/key.ts';

/** What the row of a mention holds: a withdrawn one stays, so that a late write doesn't bring it back. */
export interface StoredMention {
  changed_rev: number;
  alive: boolean;
  /** Empty once it is withdrawn: who wrote it matters to nobody then. */
  author_id: string;
}

export function mentionBytes({ changed_rev, alive, author_id }: StoredMention): Buffer {
  return Buffer.concat([key(changed_rev), Buffer.from([alive ? 1 : 0]), Buffer.from(alive ? author_id : '')]);
}

/** Rows of earlier versions hold the author alone. No id begins with NUL, and every rev does. */
export function mentionOf(bytes: Buffer): StoredMention {
  if (bytes[0] !== 0) return { changed_rev: 0, alive: true, author_id: bytes.toString() };
  return { changed_rev: numberAt(bytes, 0), alive: bytes[8] === 1, author_id: bytes.toString('utf8', 9) };
}
