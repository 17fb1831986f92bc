import Database from 'libsql';
import { LRUCache } from 'lru-cache';
import { MillraceError, messageOf } from '../errors/error.ts';

/** What SQLite can hold. */
export type SqlValue = string | number | bigint | Uint8Array | null;

export interface SqliteOptions {
  file: string;
  /** Encrypts the file; see platform/encryption. */
  encryptionKey?: string | undefined;
  /** Only reads: a write is an error of SQLite. */
  readOnly?: boolean;
  /** FULL flushes each commit; NORMAL may lose the last commits when the machine (not the process) goes down. */
  synchronous?: 'FULL' | 'NORMAL';
}

interface Prepared {
  readonly reader: boolean;
  all(values: SqlValue[]): unknown[];
  run(values: SqlValue[]): { changes: number; lastInsertRowid: number | bigint };
  iterate(values: SqlValue[]): IterableIterator<unknown>;
}

/**
 * One SQLite connection. Every call blocks its thread, so it is opened in worker threads only. WAL, so that readers and
 * a writer in other threads don't wait for each other; a lock is waited for 5 s. Statements are prepared once and kept
 * (the 256 last used). Errors are SQLite's own; `asUnavailable` tells those that a later try may not meet.
 */
export class Sqlite {
  private readonly database: Database.Database;
  private readonly statements = new LRUCache<string, Prepared>({ max: 256 });

  constructor(readonly options: SqliteOptions) {
    try {
      const { encryptionKey } = options;
      this.database = new Database(options.file, encryptionKey === undefined ? {} : ({ encryptionKey } as object));
      // What SQLite sorts on the side would else lie on the disk as it is.
      if (encryptionKey !== undefined) this.database.exec('PRAGMA temp_store = MEMORY');
      this.database.exec('PRAGMA busy_timeout = 5000');
      if (!options.readOnly) this.database.exec('PRAGMA journal_mode = WAL');
      this.database.exec(`PRAGMA synchronous = ${options.synchronous ?? 'FULL'}; PRAGMA foreign_keys = ON`);
      if (options.readOnly) this.database.exec('PRAGMA query_only = ON');
    } catch (error) {
      throw openError(options.file, error);
    }
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  all<Row>(sql: string, values: readonly unknown[] = []): Row[] {
    return this.prepare(sql).all(values as SqlValue[]) as Row[];
  }

  /** Rows changed. */
  run(sql: string, values: readonly unknown[] = []): number {
    return this.prepare(sql).run(values as SqlValue[]).changes;
  }

  /** All or nothing, and flushed when it returns (with synchronous FULL). Doesn't nest. */
  transaction<Result>(change: () => Result): Result {
    this.exec('BEGIN IMMEDIATE');
    let result: Result;
    try {
      result = change();
      this.exec('COMMIT');
    } catch (error) {
      // After some errors (a full disk) SQLite has rolled back by itself.
      if (this.database.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
    return result;
  }

  /** A statement by its SQL, as Kysely's SqliteDialect wants it. */
  prepare(sql: string): Prepared {
    let statement = this.statements.get(sql);
    if (!statement) {
      const made = this.database.prepare(sql) as unknown as Prepared;
      statement = {
        reader: made.reader,
        all: (values) => made.all(bindable(values)),
        run: (values) => made.run(bindable(values)),
        iterate: (values) => made.iterate(bindable(values)),
      };
      this.statements.set(sql, statement);
    }
    return statement;
  }

  close(): void {
    this.statements.clear();
    if (this.database.open) this.database.close();
  }
}

/** libsql ends the whole process (a Rust panic) on a boolean, so nothing unknown is let through to it. */
function bindable(values: readonly unknown[]): SqlValue[] {
  for (const value of values) {
    const known =
      value === null ||
      typeof value === 'string' ||
      typeof value === 'bigint' ||
      value instanceof Uint8Array ||
      (typeof value === 'number' && !Number.isNaN(value));
    if (!known) throw new TypeError(`SQLite can't hold a ${Number.isNaN(value) ? 'NaN' : typeof value}`);
  }
  return values as SqlValue[];
}

/** SQLite's code of an error, such as SQLITE_CONSTRAINT_UNIQUE; empty for other errors. */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}

/** An `unavailable` for errors of the disk, the file or a lock; undefined for others (mistakes in SQL, constraints). */
export function asUnavailable(file: string, error: unknown): MillraceError | undefined {
  const code = sqliteCode(error);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(file, error);
  if (/^SQLITE_(BUSY|LOCKED|IOERR|FULL|CANTOPEN|READONLY|NOMEM|PROTOCOL)/.test(code)) {
    return new MillraceError('unavailable', `${file}: ${messageOf(error)}`, { retryAfter: 1, cause: error });
  }
  return undefined;
}

function openError(file: string, error: unknown): MillraceError {
  return (
    asUnavailable(file, error) ??
    new MillraceError('unavailable', `${file} can't be opened: ${messageOf(error)}`, { cause: error })
  );
}

function damaged(file: string, cause: unknown): MillraceError {
  return new MillraceError(
    'unavailable',
    `${file} is damaged or no SQLite database (${messageOf(cause)}): put a backup in its place, or move it away to start with an empty one`,
    { cause },
  );
}
