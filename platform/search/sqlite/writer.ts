import { LRUCache } from 'lru-cache';
import { asUnavailable, type Sqlite } from '../../worker/sqlite.ts';
import { hasLink } from '../has-link.ts';
import type { DocumentKey, SearchDocument } from '../port.ts';
import { wordsOf } from '../words.ts';
import { createGeneration, generationFile, type IndexPlace, openGeneration, removeGeneration } from './generation.ts';

/** All that writes the index, in a thread of its own: a batch holds up no search. */
export interface Writer {
  /** Makes an empty generation. */
  create(id: string): Promise<void>;
  /** Checks that a generation can be used. Error: `unavailable`. */
  open(id: string): Promise<void>;
  index(ids: string[], documents: SearchDocument[]): Promise<void>;
  /** Takes documents out of generations. */
  take(ids: string[], keys: DocumentKey[]): Promise<void>;
  /** Closes a generation and deletes its files. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Documents and words that a batch adds to a channel; negative where it takes some away. */
interface Growth {
  documents: number;
  words: number;
}

interface Open {
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

export class SqliteWriter implements Writer {
  // The serving, the previous and the one being built.
  private readonly opened = new Map<string, Open>();

  constructor(private readonly place: IndexPlace) {}

  async create(id: string): Promise<void> {
    createGeneration(this.place, id);
  }

  async open(id: string): Promise<void> {
    this.generation(id);
  }

  async index(ids: string[], documents: SearchDocument[]): Promise<void> {
    this.change(ids, (open) => write(open, documents));
  }

  async take(ids: string[], keys: DocumentKey[]): Promise<void> {
    this.change(ids, (open) => {
      for (const key of keys) takeOut(open, key);
    });
  }

  private change(ids: string[], change: (open: Open) => void): void {
    for (const id of ids) {
      const open = this.generation(id);
      try {
        open.database.transaction(() => change(open));
      } catch (error) {
        // A number that the failed transaction gave out is not in the table.
        open.numbers.clear();
        throw asUnavailable(generationFile(this.place.folder, id), error) ?? error;
      }
    }
  }

  async remove(id: string): Promise<void> {
    this.opened.get(id)?.database.close();
    this.opened.delete(id);
    removeGeneration(this.place.folder, id);
  }

  async close(): Promise<void> {
    for (const { database } of this.opened.values()) database.close();
    this.opened.clear();
  }

  private generation(id: string): Open {
    let open = this.opened.get(id);
    if (!open) {
      open = { database: openGeneration(this.place, id, false), numbers: new LRUCache({ max: 20_000 }) };
      this.opened.set(id, open);
    }
    return open;
  }
}

function write(open: Open, documents: SearchDocument[]): void {
  const growth = new Map<number, Growth>();
  for (const document of documents) {
    const channel = channelNumber(open, document);
    const grown = growth.get(channel) ?? { documents: 0, words: 0 };
    growth.set(channel, grown);
    put(open.database, channel, document, grown);
  }
  for (const [num, { documents: more, words }] of growth) {
    if (more === 0 && words === 0) continue;
    open.database.run('UPDATE channels SET documents = documents + ?, words = words + ? WHERE num = ?', [
      more,
      words,
      num,
    ]);
  }
}

/** One document, unless a rev as high is there already. */
function put(database: Sqlite, channel: number, document: SearchDocument, grown: Growth): void {
  const [known] = database.all<Known>(
    'SELECT id, rev, words, deleted FROM documents WHERE channel = ? AND message = ?',
    [channel, document.message_id],
  );
  if (known && known.rev >= document.rev) return;
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
    text,
  ];
  let id: number;
  if (known) {
    id = known.id;
    if (known.words > 0) database.run('DELETE FROM words WHERE rowid = ?', [id]);
    database.run(
      'UPDATE documents SET rev = ?, user = ?, created_at = ?, has_link = ?, deleted = ?, words = ?, text = ? WHERE id = ?',
      [...values, id],
    );
  } else {
    const [inserted] = database.all<{ id: number }>(
      'INSERT INTO documents (channel, message, rev, user, created_at, has_link, deleted, words, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
      [channel, document.message_id, ...values],
    );
    id = inserted!.id;
  }
  if (words.length > 0) database.run('INSERT INTO words (rowid, body) VALUES (?, ?)', [id, words.join(' ')]);
  grown.documents += (deleted ? 0 : 1) - (known && !known.deleted ? 1 : 0);
  grown.words += words.length - (known?.words ?? 0);
}

function takeOut(open: Open, key: DocumentKey): void {
  const { database } = open;
  const channel = channelNumber(open, key);
  const [known] = database.all<Known>(
    'SELECT id, rev, words, deleted FROM documents WHERE channel = ? AND message = ?',
    [channel, key.message_id],
  );
  if (!known) return;
  if (known.words > 0) database.run('DELETE FROM words WHERE rowid = ?', [known.id]);
  database.run('DELETE FROM documents WHERE id = ?', [known.id]);
  database.run('UPDATE channels SET documents = documents - ?, words = words - ? WHERE num = ?', [
    known.deleted ? 0 : 1,
    known.words,
    channel,
  ]);
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
