import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import cassandra from 'cassandra-driver';
import { applySchema, knownVersion } from './schema.ts';
import { type CassandraOptions, clientOptions } from './session.ts';
import type { startCassandra } from './testing.ts';

/** A client that notes what it is asked. */
async function noting(options: CassandraOptions, noted: string[]): Promise<cassandra.Client> {
  const client = new cassandra.Client({ ...clientOptions(options), socketOptions: { readTimeout: 60_000 } });
  await client.connect();
  const execute = client.execute.bind(client) as (
    query: string,
    ...rest: unknown[]
  ) => Promise<cassandra.types.ResultSet>;
  client.execute = ((query: string, ...rest: unknown[]) => {
    noted.push(query);
    return execute(query, ...rest);
  }) as typeof client.execute;
  return client;
}

/** Several processes that bring a keyspace to this version. */
export function schemaTests(engine: ReturnType<typeof startCassandra>): void {
  describe('cassandra: tables', () => {
    it('are made by one of those who start at once, and the others wait for it', async () => {
      const { options, drop } = engine.keyspace();
      const noted: string[] = [];
      const clients = await Promise.all(Array.from({ length: 4 }, () => noting(options, noted)));
      try {
        await Promise.all(clients.map((client) => applySchema(client, options.keyspace, options.replication)));
        const made = noted.filter((query) =>
          query.startsWith(`CREATE TABLE IF NOT EXISTS ${options.keyspace}.messages `),
        );
        assert.equal(made.length, 1);
        const { rows } = await clients[0]!.execute(`SELECT version FROM ${options.keyspace}.schema_versions`);
        assert.equal(rows.length, knownVersion());
        noted.length = 0;
        await applySchema(clients[0]!, options.keyspace, options.replication);
        assert.deepEqual(
          noted.filter((query) => !query.startsWith('SELECT')),
          [],
          'a start on tables of this version changes nothing',
        );
      } finally {
        for (const client of clients) await client.shutdown();
        await drop();
      }
    });

    it('are made by the next one where who began died', async () => {
      const { options, drop } = engine.keyspace();
      const client = await noting(options, []);
      try {
        await applySchema(client, options.keyspace, options.replication);
        await client.execute(`DELETE FROM ${options.keyspace}.schema_versions WHERE version = ${knownVersion()}`);
        await client.execute(
          `INSERT INTO ${options.keyspace}.schema_lock (name, holder) VALUES ('tables', 'dead') IF NOT EXISTS USING TTL 4`,
        );
        const began = Date.now();
        await applySchema(client, options.keyspace, options.replication);
        assert.equal(Date.now() - began > 2000, true, 'while it might live it was waited for');
      } finally {
        await client.shutdown();
        await drop();
      }
    });
  });
}
