import type { LRUCache } from 'lru-cache';
import type { Sqlite } from '../../worker/sqlite.ts';
import { hasLink } from '../has-link.ts';
import type { DocumentKey, SearchDocument } from '../port.ts';
import { wordsOf } from '../words.ts';
import { idAfter, idsOf } from './document-id.ts';
import { repeatsOf } from './repeats.ts';

/** Documents and words that a batch adds to a channel; negative where it takes some away. */
interface Growth {
  documents: number;
  words: number;
  /** The highest number of its documents. */
  last: number | null;
}

/** What becomes of a document's words: those that it had go, those of `body` come. */
interface Words {
  id: number;
  had: boolean;
  body: string;
}

/** A generation that is being written. */
export interface Open {
  database: Sqlite;
  /** Channel numbers by workspace and channel. */
  numbers: LRUCache<string, number>;
}

interface Known {
  id: number;
  rev: number;
  words: number;
  deleted: number;
}

/** Within a transaction: documents and their words, unless a rev as high is there already. */
export function write(open: Open, documents: SearchDocument[]): void {
  const growth = new Map<number, Growth>();
  const changes: Words[] = [];
  for (const document of documents) {
    const channel = channelNumber(open, document);
    const grown = growth.get(channel) ?? { documents: 0, words: 0, last: lastId(open.database, channel) };
    growth.set(channel, grown);
    const change = put(open.database, channel, document, grown);
    if (change) changes.push(change);
  }
  writeWords(open.database, changes);
  for (const [num, { documents: more, words }] of growth) {
    if (more === 0 && words === 0) continue;
    open.database.run('UPDATE channels SET documents = documents + ?, words = words + ? WHERE num = ?', [
      more,
      words,
      num,
    ]);
  }
}

/** The highest number of a channel's documents. */
function lastId(database: Sqlite, channel: number): number | null {
  const { first, last } = idsOf(channel);
  return database.all<{ id: number | null }>('SELECT max(id) AS id FROM documents WHERE id BETWEEN ? AND ?', [
    first,
    last,
  ])[0]!.id;
}

/** One document, unless a rev as high is there already; what its words are then. */
function put(database: Sqlite, channel: number, document: SearchDocument, grown: Growth): Words | undefined {
  const [known] = database.all<Known>(
    'SELECT id, rev, words, deleted FROM documents WHERE channel = ? AND message = ?',
    [channel, document.message_id],
  );
  if (known && known.rev >= document.rev) return undefined;
  const deleted = document.deleted ? 1 : 0;
  const text = document.deleted ? '' : document.text;
  const words = wordsOf(text).map((found) => found.word);
  const values = [
    document.rev,
    document.user_id,
    document.created_at,
    hasLink(text) ? 1 : 0,
    deleted,
    words.length,
    repeatsOf(words),
  ];
  const id = known?.id ?? idAfter(grown.last, channel);
  if (known) {
    database.run(
      'UPDATE documents SET rev = ?, user = ?, created_at = ?, has_link = ?, deleted = ?, words = ?, repeats = ? WHERE id = ?',
      [...values, id],
    );
    database.run('UPDATE texts SET text = ? WHERE id = ?', [text, id]);
  } else {
    grown.last = id;
    database.run(
      'INSERT INTO documents (message, rev, user, created_at, has_link, deleted, words, repeats, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [document.message_id, ...values, id],
    );
    database.run('INSERT INTO texts (id, text) VALUES (?, ?)', [id, text]);
  }
  grown.documents += (deleted ? 0 : 1) - (known && !known.deleted ? 1 : 0);
  grown.words += words.length - (known?.words ?? 0);
  return { id, had: (known?.words ?? 0) > 0, body: words.join(' ') };
}

/** In the order of their numbers: FTS5 ends what it has gathered, and begins a part of its own, at each step back. */
function writeWords(database: Sqlite, changes: Words[]): void {
  for (const { id, had, body } of changes.sort((x, y) => x.id - y.id)) {
    if (had) database.run('DELETE FROM words WHERE rowid = ?', [id]);
    if (body !== '') database.run('INSERT INTO words (rowid, body) VALUES (?, ?)', [id, body]);
  }
}

/** Within a transaction: takes documents out; unknown ones are no error. */
export function takeOut(open: Open, keys: DocumentKey[]): void {
  const { database } = open;
  const changes: Words[] = [];
  for (const key of keys) {
    const channel = channelNumber(open, key);
    const [known] = database.all<Known>(
      'SELECT id, rev, words, deleted FROM documents WHERE channel = ? AND message = ?',
      [channel, key.message_id],
    );
    if (!known) continue;
    changes.push({ id: known.id, had: known.words > 0, body: '' });
    database.run('DELETE FROM documents WHERE id = ?', [known.id]);
    database.run('DELETE FROM texts WHERE id = ?', [known.id]);
    database.run('UPDATE channels SET documents = documents - ?, words = words - ? WHERE num = ?', [
      known.deleted ? 0 : 1,
      known.words,
      channel,
    ]);
  }
  writeWords(database, changes);
}

function channelNumber(
  { database, numbers }: Open,
  document: Pick<DocumentKey, 'workspace_id' | 'channel_id'>,
): number {
  const key = JSON.stringify([document.workspace_id, document.channel_id]);
  let num = numbers.get(key);
  if (num === undefined) {
    const place = [document.workspace_id, document.channel_id];
    const find = () =>
      database.all<{ num: number }>('SELECT num FROM channels WHERE workspace = ? AND channel = ?', place)[0]?.num;
    num = find();
    if (num === undefined) {
      database.run('INSERT INTO channels (workspace, channel) VALUES (?, ?)', place);
      num = find()!;
    }
    numbers.set(key, num);
  }
  return num;
}
