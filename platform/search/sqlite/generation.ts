import { existsSync, rmSync } from 'node:fs';
import { MillraceError } from '../../errors/error.ts';
import { Sqlite } from '../../worker/sqlite.ts';
import { channelOf } from './document-id.ts';

/** Marks a file as ours ("MRSe"), so that nothing else is taken for an index. */
const applicationId = 0x4d52_5365;
/** Raise it with every change of the tables: an index is never migrated, it is filled anew from the log. */
const version = 2;

/** Where the files of an index lie, and the key to them. */
export interface IndexPlace {
  folder: string;
  encryptionKey: string | undefined;
}

export function generationFile(folder: string, id: string): string {
  return `${folder}/search-${id}.sqlite`;
}

/** Makes the empty file of a new generation, over what an interrupted build may have left. */
export function createGeneration({ folder, encryptionKey }: IndexPlace, id: string): void {
  removeGeneration(folder, id);
  const database = new Sqlite({ file: generationFile(folder, id), encryptionKey });
  database.transaction(() => database.exec(schema));
  database.close();
}

export function removeGeneration(folder: string, id: string): void {
  const file = generationFile(folder, id);
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** Error: `unavailable` for a file that is missing, damaged, no index, or of another version. It is never made anew. */
export function openGeneration({ folder, encryptionKey }: IndexPlace, id: string, readOnly: boolean): Sqlite {
  const file = generationFile(folder, id);
  if (!existsSync(file)) throw unusable(file, 'is missing');
  // FULL costs little for batches (bench/), and what `index` resolved for is then on disk whatever goes down.
  const database = new Sqlite({ file, encryptionKey, readOnly, synchronous: 'FULL' });
  try {
    const [found] = database.all<{ application_id: number }>('PRAGMA application_id');
    const [at] = database.all<{ user_version: number }>('PRAGMA user_version');
    if (found?.application_id !== applicationId) throw unusable(file, 'is no search index of Millrace');
    const written = at?.user_version ?? 0;
    if (written > version)
      throw unusable(file, `was written by a newer version of Millrace (format ${written}, this one knows ${version})`);
    if (written < version) throw unusable(file, `has the older format ${written}, this version needs ${version}`);
    database.all('SELECT count(*) FROM (SELECT 1 FROM documents LIMIT 1)');
    return database;
  } catch (error) {
    database.close();
    throw error instanceof MillraceError ? error : unusable(file, 'is damaged', error);
  }
}

function unusable(file: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'unavailable',
    `the search index ${file} ${reason}: move the folder away and start again, then fill a new index by \`millrace replay\``,
    { cause },
  );
}

/**
 * A channel is a small number inside, and the high part of its documents' numbers (document-id.ts). `words` holds the
 * analysed words joined by blanks; "ascii" cuts at the blanks and takes every other letter as it is. It keeps no text of
 * its own (contentless). `documents` has what filters and ranking read of a hit, so its rows are short: texts lie apart.
 * `repeats` tells how often a word stands in it that does so more than once (repeats.ts).
 */
const schema = `
  CREATE TABLE channels (
    num INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    documents INTEGER NOT NULL DEFAULT 0,
    words INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace, channel)
  );
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    channel INTEGER GENERATED ALWAYS AS ${channelOf('id')} VIRTUAL,
    message TEXT NOT NULL,
    rev INTEGER NOT NULL,
    user TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    has_link INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    words INTEGER NOT NULL,
    repeats TEXT NOT NULL,
    UNIQUE (channel, message)
  );
  CREATE INDEX documents_by_time ON documents (channel, created_at);
  CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
  CREATE VIRTUAL TABLE words USING fts5(body, content='', contentless_delete=1, tokenize='ascii');
  CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${version};
`;
