import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { inTime } from '../deadline.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import type { Directory } from './port.ts';
import { sqlDirectory } from './sql/directory.ts';
import { migrate } from './sql/migrations.ts';
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
/** Of one statement while tables are brought to this version: it may rewrite a large one, or wait for another process that does. */
const migration_ms = 10 * 60_000;

/** The directory in PostgreSQL. Migrates the database where it is behind. Error: `unavailable`. */
export async function openPostgresDirectory({
  url,
  connections = 10,
  onIdleError,
}: PostgresOptions): Promise<Directory> {
  // bigint columns hold counts and times, all below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const open = (max: number, statement_ms: number): Kysely<Tables> => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      connectionTimeoutMillis: deadline_ms,
      query_timeout: statement_ms,
      statement_timeout: statement_ms,
    });
    // An unheard 'error' of an idle client would end the process.
    pool.on('error', onIdleError);
    // So would one of a client that stands between two statements of its transaction.
    pool.on('connect', (client) => client.on('error', onIdleError));
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  };
  const migrating = open(1, migration_ms);
  try {
    await migrate(migrating, postgresDirectory);
  } catch (error) {
    // A wrong password, a missing database: for whoever starts this, as good as no answer.
    throw error instanceof MillraceError
      ? error
      : new MillraceError('unavailable', `PostgreSQL does not let us in: ${messageOf(error)}`, { cause: error });
  } finally {
    // A server that says nothing takes no leave either: its connections then end with the process.
    await inTime(migrating.destroy(), deadline_ms).catch(onIdleError);
  }
  return sqlDirectory(open(connections, deadline_ms), postgresDirectory);
}
