import { type DatabaseConnection, type SqliteDatabase, SqliteDialect, SqliteDriver } from 'kysely';

/**
 * Kysely's SQLite dialect with a first-come, first-served queue for its one connection. Kysely's own wakes every waiting
 * call whenever the connection is free, which for 5,000 people who sign in at once is 12 million wake-ups.
 */
export class QueuedSqliteDialect extends SqliteDialect {
  constructor(private readonly database: SqliteDatabase) {
    super({ database });
  }

  override createDriver(): SqliteDriver {
    return new QueuedSqliteDriver({ database: this.database });
  }
}

class QueuedSqliteDriver extends SqliteDriver {
  // Bounded by the calls that a worker takes at once.
  private readonly queue: (() => void)[] = [];
  private taken = false;

  override async acquireConnection(): Promise<DatabaseConnection> {
    if (this.taken) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.taken = true;
    return super.acquireConnection();
  }

  override async releaseConnection(): Promise<void> {
    await super.releaseConnection();
    const next = this.queue.shift();
    // Handed over while still taken, so that no newcomer gets in between.
    if (next) next();
    else this.taken = false;
  }
}
