import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { clockOf, type Finding, fail, look, lookDeadline_ms, ok, warn } from '../../doctor.ts';
import { migrations, migrator } from '../sql/migrations.ts';
import { postgresDirectory } from '../sql/postgres-dialect.ts';
import type { Tables } from '../sql/tables.ts';

/** What a running PostgreSQL says about our settings and tables. Changes nothing. */
export async function postgresChecks(url: string): Promise<Finding[]> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 3,
    connectionTimeoutMillis: lookDeadline_ms,
    query_timeout: lookDeadline_ms,
  });
  // An idle connection that breaks: whoever asks next is told.
  pool.on('error', () => undefined);
  try {
    const reached = await look(
      'postgres',
      'Start it, or mend MILLRACE_POSTGRES_URL: host, database, user, password, sslmode, sslrootcert.',
      () => version(pool),
    );
    if (reached.some(({ state }) => state === 'fail')) return reached;
    const mend = 'See its log, and that this user may read and make tables in the database.';
    const found = await Promise.all([
      look('postgres tables', mend, () => tables(pool)),
      look('postgres clock', mend, () => clock(pool)),
    ]);
    return [...reached, ...found.flat()];
  } finally {
    await pool.end();
  }
}

async function version(pool: pg.Pool): Promise<Finding> {
  const { rows } = await pool.query<{ version: string; database: string; writes: string }>(
    "select current_setting('server_version') as version, current_database() as database, current_setting('transaction_read_only') as writes",
  );
  const { version: said, database, writes } = rows[0]!;
  const text = `version ${said}, database ${database}`;
  if (writes === 'off') return ok('postgres', text);
  return fail('postgres', `${text}, which takes no writes`, 'Name the primary, not a standby: target_session_attrs.');
}

async function tables(pool: pg.Pool): Promise<Finding> {
  const name = 'postgres tables';
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const known = Object.keys(migrations(postgresDirectory));
  const there = await pool.query<{ there: boolean }>("select to_regclass('kysely_migration') is not null as there");
  if (!there.rows[0]!.there) {
    const { rows } = await pool.query<{ may: boolean }>(
      "select has_schema_privilege(current_schema(), 'create') as may",
    );
    return rows[0]!.may
      ? ok(name, 'none are there yet: the first start makes them')
      : fail(name, 'none are there, and this user may make none', 'GRANT CREATE on its schema to this user.');
  }
  const run = (await pool.query<{ name: string }>('select name from kysely_migration')).rows.map((row) => row.name);
  const newer = run.filter((one) => !known.includes(one));
  if (newer.length > 0)
    return fail(name, `a newer version has run ${newer.join(', ')}`, 'Run that version, or go back to a backup.');
  const waiting = (await migrator(database, postgresDirectory).getMigrations()).filter(({ executedAt }) => !executedAt);
  if (waiting.length === 0) return ok(name, `all ${known.length} migrations have run`);
  const names = waiting.map((one) => one.name).join(', ');
  return warn(
    name,
    `${names} ${waiting.length === 1 ? 'has' : 'have'} not run`,
    'The next start runs what is missing.',
  );
}

function clock(pool: pg.Pool): Promise<Finding> {
  return clockOf('postgres clock', async () => {
    const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
    return rows[0]!.now.getTime();
  });
}
