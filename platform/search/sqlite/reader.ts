import { asUnavailable, type Sqlite } from '../../worker/sqlite.ts';
import { type Corpus, decodePosition, encodePosition, type Position } from '../cursor.ts';
import type { DocumentKey, SearchDocument, SearchQuery, SearchResult } from '../port.ts';
import { type Scored, scoredWords } from '../scored.ts';
import { generationFile, type IndexPlace, openGeneration } from './generation.ts';
import { type Permitted, permittedOf } from './permitted.ts';
import { holdingStatement, isOneWord, pageStatement, type Statement, totalStatement } from './select.ts';
import { suggestion } from './suggest.ts';

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
  const scored = query.sort === 'relevance' ? scoredWords(query.terms) : [];
  const at = cursorOf(query);
  const permitted = permittedOf(database, query);
  const corpus = query.sort === 'newest' ? null : (at?.corpus ?? corpusOf(database, scored, permitted));
  const ranking = corpus && { scored, corpus };
  // Where a word is all that is asked for, its documents have been counted.
  const total =
    corpus && !at && isOneWord(query) ? corpus.holding[0]! : countOf(database, totalStatement(query, permitted));
  const { sql, values } = pageStatement(query, permitted, ranking, at);
  const rows = database.all<{ channel: string; message: string; rank: number }>(sql, values);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
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

function cursorOf({ sort, terms, cursor }: SearchQuery): Position | undefined {
  return cursor === undefined ? undefined : decodePosition(sort, scoredWords(terms).length, cursor);
}

/** What the ranking is reckoned with: counts over the permitted documents. */
function corpusOf(database: Sqlite, scored: Scored[], permitted: Permitted): Corpus {
  const { documents, words } = permitted;
  return {
    documents,
    length: Math.max(1, words / Math.max(1, documents)),
    holding: scored.map((one) => countOf(database, holdingStatement(one, permitted))),
  };
}

function countOf(database: Sqlite, { sql, values }: Statement): number {
  return database.all<{ n: number }>(sql, values)[0]!.n;
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
