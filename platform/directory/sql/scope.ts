import type { Kysely, Transaction } from 'kysely';
import type { DirectoryDialect } from './dialect.ts';
import type { Tables } from './tables.ts';

/** A database, or a transaction on it, with what its engine does its own way. */
export interface Scope {
  db: Kysely<Tables>;
  dialect: DirectoryDialect;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** Enough for the few that can meet (the same name, the same dm), few enough to end. */
const attempts = 5;

/**
 * All or nothing, flushed when it resolves. `change` runs again where another transaction was in its way (it took the
 * same name a moment earlier, say), and then sees what that one did: so it must do nothing outside the database.
 */
export async function inTransaction<Result>(scope: Scope, change: (tx: Scope) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await scope.db.transaction().execute((db: Transaction<Tables>) => change({ ...scope, db }));
    } catch (error) {
      if (attempt === attempts || !scope.dialect.isRace(error)) throw error;
    }
  }
}
