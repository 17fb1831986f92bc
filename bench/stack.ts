import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The native engines, brought up where they are down, as settings. */
export async function stack(): Promise<{ [name: string]: string }> {
  const up = await promisify(execFile)(process.execPath, [`${root}ops/native/stack.mjs`, 'up'], {
    timeout: 600_000,
    maxBuffer: 2 ** 24,
  });
  const found = Object.fromEntries(
    [...up.stdout.matchAll(/^([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value!]),
  );
  const of = (name: string): string => {
    const value = found[name];
    if (value === undefined) throw new Error(`the engines did not tell their ${name}`);
    return value;
  };
  return {
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: of('KAFKA_BROKERS'),
    MILLRACE_SCHEMA_REGISTRY: of('SCHEMA_REGISTRY_URL'),
    MILLRACE_STORE: 'cassandra',
    MILLRACE_CASSANDRA_CONTACT_POINTS: of('CASSANDRA_CONTACT_POINTS'),
    MILLRACE_SEARCH: 'elasticsearch',
    MILLRACE_ELASTICSEARCH_URL: of('ELASTICSEARCH_URL'),
    MILLRACE_DIRECTORY: 'postgres',
    MILLRACE_POSTGRES_URL: of('PG_URL'),
    MILLRACE_PRESENCE: 'redis',
    MILLRACE_REDIS_URL: of('REDIS_URL'),
  };
}

/** A new database on the server of a URL: the directory has no prefix of its own there. Its URL. */
export async function freshDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  await client.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}
