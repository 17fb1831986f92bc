import { asUnavailable, type Sqlite } from '../../worker/sqlite.ts';
import type { DocumentKey, SearchDocument, SearchQuery, SearchResult } from '../port.ts';
import { generationFile, type IndexPlace, openGeneration } from './generation.ts';
import type { Bound } from './page.ts';
import { search } from './search.ts';

export interface ReaderPlace extends IndexPlace {
  ranked: Bound;
}

/** All that reads the index, in a thread of its own. */
export interface Reader {
  search(id: string, query: SearchQuery): Promise<SearchResult>;
  /** Documents of a generation, markers of deleted ones included. */
  count(id: string): Promise<number>;
  documents(id: string, keys: DocumentKey[]): Promise<SearchDocument[]>;
  /** Closes a generation, so that its files can be deleted. */
  forget(id: string): Promise<void>;
  close(): Promise<void>;
}

export class SqliteReader implements Reader {
  private readonly opened = new Map<string, Sqlite>();

  constructor(private readonly place: ReaderPlace) {}

  search(id: string, query: SearchQuery): Promise<SearchResult> {
    return this.read(id, (database) => search(database, query, this.place.ranked));
  }

  count(id: string): Promise<number> {
    return this.read(id, (database) => database.all<{ n: number }>('SELECT count(*) AS n FROM documents')[0]!.n);
  }

  documents(id: string, keys: DocumentKey[]): Promise<SearchDocument[]> {
    return this.read(id, (database) => keys.flatMap((key) => document(database, key)));
  }

  async forget(id: string): Promise<void> {
    this.opened.get(id)?.close();
    this.opened.delete(id);
  }

  async close(): Promise<void> {
    for (const database of this.opened.values()) database.close();
    this.opened.clear();
  }

  /** All of `question` sees one state of the index. */
  private async read<Result>(id: string, question: (database: Sqlite) => Result): Promise<Result> {
    let database = this.opened.get(id);
    if (!database) {
      database = openGeneration(this.place, id, true);
      this.opened.set(id, database);
    }
    try {
      database.exec('BEGIN');
      try {
        return question(database);
      } finally {
        database.exec('COMMIT');
      }
    } catch (error) {
      throw asUnavailable(generationFile(this.place.folder, id), error) ?? error;
    }
  }
}

function document(database: Sqlite, key: DocumentKey): SearchDocument[] {
  const rows = database.all<{ rev: number; user: string; text: string; created_at: number; deleted: number }>(
    `SELECT d.rev, d.user, t.text, d.created_at, d.deleted
     FROM channels c JOIN documents d ON d.channel = c.num JOIN texts t ON t.id = d.id
     WHERE c.workspace = ? AND c.channel = ? AND d.message = ?`,
    [key.workspace_id, key.channel_id, key.message_id],
  );
  return rows.map((row) => ({
    workspace_id: key.workspace_id,
    channel_id: key.channel_id,
    message_id: key.message_id,
    rev: row.rev,
    user_id: row.user,
    text: row.text,
    created_at: row.created_at,
    deleted: row.deleted !== 0,
  }));
}
