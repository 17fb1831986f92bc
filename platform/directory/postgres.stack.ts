import { after } from 'node:test';
import pg from 'pg';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { directoryContract } from './contract.ts';
import { openPostgresDirectory } from './postgres.ts';

const server = nativeEngine('postgres')['PG_URL']!;
const admin = new pg.Client({ connectionString: server });
await admin.connect();
let databases = 0;
const made: string[] = [];
after(async () => {
  for (const name of made) await admin.query(`drop database ${name} with (force)`);
  await admin.end();
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
