import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { twoCertificates } from '../../tests/support/certificate.ts';
import { openPostgresDirectory } from './postgres.ts';

const scripts = fileURLToPath(new URL('../../ops/native/postgres/', import.meta.url));
const root = process.getuid?.() === 0;
/** A server of these tests' own: its rules are changed. */
const data = `${tmpdir()}/millrace-postgres-tls-${process.getuid?.() ?? 0}`;
const env = { ...process.env, PG_PORT: '15442', PG_DATA: data };
const url = /PG_URL=(\S+)/.exec(execFileSync(`${scripts}up.sh`, { encoding: 'utf8', env }))![1]!;
after(() => {
  execFileSync(`${scripts}down.sh`, { env });
  rmSync(data, { recursive: true });
});

const { own, other } = twoCertificates();
const admin = new pg.Client({ connectionString: url });
await admin.connect();
for (const [from, to] of [
  [own.cert, `${data}/server.crt`],
  [own.key, `${data}/server.key`],
]) {
  if (root) execFileSync('install', ['-o', 'postgres', '-m', '600', from!, to!]);
  else copyFileSync(from!, to!);
}
const rules = ['host all postgres 127.0.0.1/32 trust', 'hostssl all millrace 127.0.0.1/32 scram-sha-256'];
writeFileSync(`${data}/pg_hba.conf`, `${rules.join('\n')}\n`);
for (const query of [
  'drop database if exists millrace',
  'drop role if exists millrace',
  `create role millrace login password 'open sesame'`,
  'create database millrace owner millrace',
  'alter system set ssl = on',
  'select pg_reload_conf()',
])
  await admin.query(query);
await admin.end();

const open = async (password: string, rest: string) => {
  const directory = await openPostgresDirectory({
    url: `postgres://millrace:${encodeURIComponent(password)}@127.0.0.1:15442/millrace${rest}`,
    onIdleError: (error) => process.emitWarning(error),
  });
  return directory;
};

it('the directory in a PostgreSQL with TLS and a password', async () => {
  const directory = await open('open sesame', `?sslmode=verify-full&sslrootcert=${own.cert}`);
  await directory.close();
});

it('a certificate, a password or a connection in the clear that it does not take is an error that names no password', async () => {
  const ways: [password: string, rest: string, reason: RegExp][] = [
    ['open sesame', `?sslmode=verify-full&sslrootcert=${other.cert}`, /certificate|self-signed/],
    ['wrong word', `?sslmode=verify-full&sslrootcert=${own.cert}`, /password authentication failed/],
    ['open sesame', '', /no encryption|pg_hba/],
  ];
  for (const [password, rest, reason] of ways)
    await assert.rejects(open(password, rest), (error: Error) => {
      assert.match(error.message, /^unavailable: /);
      assert.match(`${error.message} ${String(error.cause)}`, reason);
      assert.ok(!error.message.includes(password));
      return true;
    });
});
