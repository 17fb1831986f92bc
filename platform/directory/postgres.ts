import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Directory } from './port.ts';
import { openSqlDirectory } from './sql/directory.ts';
import { postgresDirectory } from './sql/postgres-dialect.ts';
import type { Tables } from './sql/tables.ts';

export interface PostgresOptions {
  /** postgres://user:password@host:port/database */
  url: string;
  /** Connections at most. Default 10. */
  connections?: number;
  /** An idle connection broke; the next call opens another. */
  onIdleError(error: Error): void;
}

const deadline_ms = 5000;

/** The directory in PostgreSQL. Migrates the database where it is behind. Error: `unavailable`. */
export async function openPostgresDirectory({
  url,
  connections = 10,
  onIdleError,
}: PostgresOptions): Promise<Directory> {
  // bigint columns hold counts and times, all below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: deadline_ms,
    query_timeout: deadline_ms,
    statement_timeout: deadline_ms,
  });
  // An unheard 'error' of an idle client would end the process.
  pool.on('error', onIdleError);
  return openSqlDirectory(new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), postgresDirectory);
}
