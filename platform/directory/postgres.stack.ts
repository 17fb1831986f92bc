import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { eventually } from '../../tests/support/eventually.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { directoryContract } from './contract.ts';
import { openPostgresDirectory } from './postgres.ts';
import { migrate, migrations, migrator } from './sql/migrations.ts';
import { postgresDirectory } from './sql/postgres-dialect.ts';
import type { Tables } from './sql/tables.ts';

const server = nativeEngine('postgres')['PG_URL']!;
const admin = new pg.Client({ connectionString: server });
await admin.connect();
let databases = 0;
const made: string[] = [];
after(async () => {
  for (const name of made) await admin.query(`drop database ${name} with (force)`);
  await admin.end();
});

async function openNew() {
  const name = `millrace_test_${process.pid}_${databases++}`;
  await admin.query(`create database ${name}`);
  made.push(name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const directory = await openPostgresDirectory({ url: url.href, onIdleError: (error) => process.emitWarning(error) });
  return { name, directory, close: () => directory.close() };
}

directoryContract('postgres', openNew);

it('migrates down, one step after the other, to nothing, and up again to the same tables', async () => {
  const { name, close } = await openNew();
  await close();
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const columns = async () =>
    (
      await pool.query(
        `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
         where table_schema = 'public' and table_name not like 'kysely%' order by 1, 2`,
      )
    ).rows;
  const indexes = async () =>
    (
      await pool.query(`select indexdef from pg_indexes where schemaname = 'public' and tablename not like 'kysely%'`)
    ).rows
      .map((row) => row.indexdef as string)
      .sort();
  const before = [await columns(), await indexes()];
  assert.ok(before[0]!.length > 30);
  const steps = Object.keys(migrations(postgresDirectory)).length;
  for (let step = 0; step < steps; step++) {
    const { error, results } = await migrator(db, postgresDirectory).migrateDown();
    assert.equal(error, undefined);
    assert.equal(results?.[0]?.status, 'Success');
  }
  assert.deepEqual(await columns(), []);
  await migrate(db, postgresDirectory);
  assert.deepEqual([await columns(), await indexes()], before);
  await db.destroy();
});

it('waits for another process that migrates, longer than a call may take', async () => {
  const { name, close } = await openNew();
  await close();
  const url = new URL(server);
  url.pathname = `/${name}`;
  const other = new pg.Client({ connectionString: url.href });
  await other.connect();
  await other.query('begin');
  // Kysely's lock, by its number.
  await other.query('select pg_advisory_xact_lock(3853314791062309107)');
  const began = Date.now();
  const opening = openPostgresDirectory({ url: url.href, onIdleError: (error) => process.emitWarning(error) });
  const held = setTimeout(() => void other.query('commit'), 7000);
  try {
    const directory = await opening;
    assert.equal(Date.now() - began >= 7000, true, 'it waited: else nothing was tested');
    await directory.close();
  } finally {
    clearTimeout(held);
    await other.end();
  }
});

it('leaves no connection behind where the tables are of a newer version', async () => {
  const { name, close } = await openNew();
  await close();
  const url = new URL(server);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`insert into kysely_migration (name, timestamp) values ('9999_newer', now())`);
  await assert.rejects(openPostgresDirectory({ url: url.href, onIdleError: assert.ifError }), { code: 'unavailable' });
  await eventually(async () => {
    const { rows } = await client.query('select pid from pg_stat_activity where datname = $1', [name]);
    assert.equal(rows.length, 1, 'the test’s own');
  });
  await client.end();
});

it('a connection that breaks in the midst of a transaction costs its call alone', async () => {
  const { name, directory, close } = await openNew();
  let user = 0;
  let broken = 0;
  for (let round = 0; round < 30; round++) {
    const calls = Promise.allSettled(
      Array.from({ length: 10 }, () =>
        directory.provision({ workspace_id: 'w', user_id: `u${user++}`, name: 'n', role: 'member' }),
      ),
    );
    // At another moment of the transactions each time.
    await new Promise((resolve) => setTimeout(resolve, round / 3));
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    for (const { status } of await calls) if (status === 'rejected') broken++;
  }
  assert.equal(broken > 0, true, 'no call was hit: the test tested nothing');
  // The pool notices broken connections as it gives them out.
  await eventually(() => directory.provision({ workspace_id: 'w', user_id: 'last', name: 'n', role: 'member' }));
  await close();
});
