import { asUnavailable, type Sqlite } from '../../worker/sqlite.ts';
import { type Corpus, decodePosition, encodePosition } from '../cursor.ts';
import type { SearchDocument, SearchQuery, SearchResult } from '../port.ts';
import { scoredWords } from '../scored.ts';
import { generationFile, type IndexPlace, openGeneration } from './generation.ts';
import { meanLength, type Permitted, pageStatement } from './select.ts';
import { suggestion } from './suggest.ts';

export interface DocumentKey {
  workspace_id: string;
  channel_id: string;
  message_id: string;
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

  constructor(private readonly place: IndexPlace) {}

  search(id: string, query: SearchQuery): Promise<SearchResult> {
    return this.read(id, (database) => search(database, query));
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

function search(database: Sqlite, query: SearchQuery): SearchResult {
  const scored = scoredWords(query.terms);
  const at = query.cursor === undefined ? undefined : decodePosition(query.sort, scored.length, query.cursor);
  const permitted = permittedOf(database, query);
  const { sql, values } = pageStatement(query, permitted, scored, at);
  const [counted, ...rows] = database.all<{ channel: string; message: string; rank: number }>(sql, values);
  const total = counted!.rank;
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const corpus: Corpus | null =
    query.sort === 'newest'
      ? null
      : (at?.corpus ?? {
          documents: permitted.documents,
          length: meanLength(permitted),
          holding: JSON.parse(counted!.channel) as number[],
        });
  const result: SearchResult = {
    hits: shown.map((row) => ({
      channel_id: row.channel,
      message_id: row.message,
      score: query.sort === 'newest' ? 0 : row.rank,
    })),
    total,
    next_cursor: last && rows.length > query.limit ? encodePosition(query.sort, { ...last, corpus }) : null,
  };
  const likely = total === 0 ? suggestion(database, query.terms, permitted) : undefined;
  if (likely !== undefined) result.suggestion = likely;
  return result;
}

function permittedOf(database: Sqlite, query: SearchQuery): Permitted {
  const ids = JSON.stringify([...new Set(query.channel_ids)]);
  const [row] = database.all<Permitted>(
    `SELECT json_group_array(c.num) AS channels, coalesce(sum(c.documents), 0) AS documents, coalesce(sum(c.words), 0) AS words
     FROM json_each(?) j CROSS JOIN channels c ON c.workspace = ? AND c.channel = j.value`,
    [ids, query.workspace_id],
  );
  return row!;
}

function document(database: Sqlite, key: DocumentKey): SearchDocument[] {
  const rows = database.all<{ rev: number; user: string; text: string; created_at: number; deleted: number }>(
    `SELECT d.rev, d.user, d.text, d.created_at, d.deleted FROM channels c JOIN documents d ON d.channel = c.num
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
