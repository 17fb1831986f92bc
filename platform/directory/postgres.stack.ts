import { execFileSync } from 'node:child_process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { directoryContract } from './contract.ts';
import { openPostgresDirectory } from './postgres.ts';

const scripts = fileURLToPath(new URL('../../ops/native/postgres/', import.meta.url));
const server = /PG_URL=(\S+)/.exec(execFileSync(`${scripts}up.sh`, { encoding: 'utf8' }))![1]!;
const admin = new pg.Client({ connectionString: server });
await admin.connect();
let databases = 0;
const made: string[] = [];
after(async () => {
  for (const name of made) await admin.query(`drop database ${name} with (force)`);
  await admin.end();
  execFileSync(`${scripts}down.sh`);
});

directoryContract('postgres', async () => {
  const name = `millrace_test_${process.pid}_${databases++}`;
  await admin.query(`create database ${name}`);
  made.push(name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const directory = await openPostgresDirectory({ url: url.href, onIdleError: (error) => process.emitWarning(error) });
  return { directory, close: () => directory.close() };
});
