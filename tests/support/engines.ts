import cassandra from 'cassandra-driver';
import pg from 'pg';
import { dropTestTopics } from './kafka-topics.ts';

export interface TestEngines {
  settings: { [name: string]: string };
  /** Before the first start. */
  make(): Promise<void>;
  /** After the last stop. */
  drop(): Promise<void>;
}

export const noEngines: TestEngines = { settings: {}, make: async () => undefined, drop: async () => undefined };

/**
 * Settings of engines that the same tests then run on: TEST_ENGINES='MILLRACE_LOG=kafka MILLRACE_KAFKA_BROKERS=…'. Each
 * server has a namespace of its own on them, and a database of its own in PostgreSQL; its topics and tables are dropped at
 * its end.
 */
export function testEngines(folder: string, given = process.env['TEST_ENGINES']): TestEngines {
  if (!given) return noEngines;
  const pairs = given.split(/\s+/).map((pair): [string, string] => {
    const cut = pair.indexOf('=');
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  });
  const name = folder
    .slice(folder.lastIndexOf('-') + 1)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-');
  const settings: { [name: string]: string } = { ...Object.fromEntries(pairs), MILLRACE_NAMESPACE: `t-${name}` };
  const points = settings['MILLRACE_CASSANDRA_CONTACT_POINTS'];
  const brokers = settings['MILLRACE_KAFKA_BROKERS'];
  const dropNamespace = async (): Promise<void> => {
    if (brokers) await dropTestTopics(brokers, `${settings['MILLRACE_NAMESPACE']}.`);
    if (points) await dropKeyspace(points, settings['MILLRACE_NAMESPACE']!.replaceAll('-', '_'));
  };
  const admin = settings['MILLRACE_POSTGRES_URL'];
  if (!admin) return { ...noEngines, settings, drop: dropNamespace };
  const database = `millrace_t_${name.replaceAll('-', '_')}`;
  const own = new URL(admin);
  own.pathname = `/${database}`;
  return {
    settings: { ...settings, MILLRACE_POSTGRES_URL: own.href },
    make: () => ask(admin, `create database "${database}"`),
    drop: async () => {
      await dropNamespace();
      await ask(admin, `drop database if exists "${database}" with (force)`);
    },
  };
}

/** Each keyspace costs Cassandra some of its heap, also when nobody uses it any more. */
async function dropKeyspace(points: string, keyspace: string): Promise<void> {
  const client = new cassandra.Client({
    contactPoints: points.split(','),
    localDataCenter: 'datacenter1',
    socketOptions: { readTimeout: 30_000 },
  });
  try {
    await client.execute(`drop keyspace if exists ${keyspace}`);
  } finally {
    await client.shutdown();
  }
}

async function ask(url: string, query: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 20_000 });
  await client.connect();
  try {
    await client.query(query);
  } finally {
    await client.end();
  }
}
