#!/usr/bin/env node
// npm run start:stack: Millrace on the real engines, brought up natively where they are not. Takes the settings that `npm start`
// takes; MILLRACE_NAMESPACE keeps two runs on the same engines apart.
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const root = fileURLToPath(new URL('../..', import.meta.url));
const namespace = process.env.MILLRACE_NAMESPACE ?? 'millrace';
const output = execFileSync(process.execPath, [`${root}ops/native/stack.mjs`, 'up'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
const engines = Object.fromEntries([...output.matchAll(/^([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));

/** A database of the namespace's own, made where there is none. */
async function database() {
  const name = `millrace_${namespace.replaceAll('-', '_')}`;
  const client = new pg.Client({ connectionString: engines.PG_URL, connectionTimeoutMillis: 5000 });
  await client.connect();
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount === 0) await client.query(`create database "${name}"`);
  await client.end();
  const url = new URL(engines.PG_URL);
  url.pathname = `/${name}`;
  return url.href;
}

const child = spawn(process.execPath, [`${root}cli/bin.mjs`, 'dev', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    MILLRACE_NAMESPACE: namespace,
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: engines.KAFKA_BROKERS,
    MILLRACE_SCHEMA_REGISTRY: engines.SCHEMA_REGISTRY_URL,
    MILLRACE_STORE: 'cassandra',
    MILLRACE_CASSANDRA_CONTACT_POINTS: engines.CASSANDRA_CONTACT_POINTS,
    MILLRACE_SEARCH: 'elasticsearch',
    MILLRACE_ELASTICSEARCH_URL: engines.ELASTICSEARCH_URL,
    MILLRACE_DIRECTORY: 'postgres',
    MILLRACE_POSTGRES_URL: await database(),
    MILLRACE_PRESENCE: 'redis',
    MILLRACE_REDIS_URL: engines.REDIS_URL,
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
