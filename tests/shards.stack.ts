import assert from 'node:assert/strict';
import { it } from 'node:test';
import cassandra from 'cassandra-driver';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import { nativeSettings } from './support/cluster.ts';
import { testEngines } from './support/engines.ts';
import { eventually } from './support/eventually.ts';
import { workspace } from './support/person.ts';
import { Server, secret } from './support/server.ts';

/** Each shard's namespace, and the names of what the engines hold for all. */
async function named(settings: { [name: string]: string }): Promise<string[]> {
  const admin = new kafkajs.Kafka({ brokers: [settings['MILLRACE_KAFKA_BROKERS']!] }).admin();
  const client = new cassandra.Client({
    contactPoints: [settings['MILLRACE_CASSANDRA_CONTACT_POINTS']!],
    localDataCenter: 'datacenter1',
  });
  const redis = new Redis(settings['MILLRACE_REDIS_URL']!);
  try {
    await admin.connect();
    const keyspaces = await client.execute('SELECT keyspace_name FROM system_schema.keyspaces');
    const indices = await fetch(`${settings['MILLRACE_ELASTICSEARCH_URL']}/_cat/indices?format=json`);
    return [
      ...(await admin.listTopics()).map((name) => `topic ${name}`),
      ...keyspaces.rows.map((row) => `keyspace ${String(row['keyspace_name']).replaceAll('_', '-')}`),
      ...((await indices.json()) as { index: string }[]).map(({ index }) => `index ${index}`),
      ...(await redis.keys('*')).map((key) => `key ${key}`),
    ];
  } finally {
    await admin.disconnect();
    await client.shutdown();
    redis.disconnect();
  }
}

it('two shards share engines, and nothing else: topics, keyspace, index, presence and database are each its own', async () => {
  const stamp = `${process.pid.toString(36)}${Date.now().toString(36)}`;
  const engines = ['a', 'b'].map((name) => testEngines(`shard-${name}${stamp}`, nativeSettings()));
  const servers: Server[] = [];
  try {
    for (const [i, { settings, make }] of engines.entries()) {
      await make();
      const placed =
        i === 0 ? { MILLRACE_WORKSPACES_ELSEWHERE: 'acme=https://acme.example' } : { MILLRACE_WORKSPACES: 'acme' };
      servers.push(
        await Server.start({ ...settings, ...placed, MILLRACE_JWT_SECRET: secret, MILLRACE_PARTITIONS: '2' }),
      );
    }
    const people = [workspace(servers[0]!, 'demo'), workspace(servers[1]!, 'acme')].map(({ person }) =>
      person('alice'),
    );
    for (const [i, alice] of (await Promise.all(people)).entries()) {
      const channel = await alice.makes('public', 'all');
      await alice.say(channel, `herons of ${i}`);
      await alice.socket();
      await eventually(async () => {
        const { body } = await alice.get('/v1/search?q=herons');
        assert.deepEqual(
          body.hits.map(({ message }) => message.text),
          [`herons of ${i}`],
        );
      });
    }
    const names = await named(engines[0]!.settings);
    for (const { settings } of engines) {
      const own = names.filter((name) => name.split(' ')[1]!.startsWith(settings['MILLRACE_NAMESPACE']!));
      assert.deepEqual([...new Set(own.map((name) => name.split(' ')[0]))], ['topic', 'keyspace', 'index', 'key']);
    }
  } finally {
    for (const server of servers) await server.stop();
    for (const { drop } of engines) await drop();
  }
});
