import { readFileSync } from 'node:fs';
import type { Client } from 'cassandra-driver';
import { MillraceError } from '../../errors/error.ts';

/**
 * Brings the keyspace to this version: makes it where it is missing, applies what is above the version that it notes. Safe
 * to run twice, also at the same time. Error: `data_newer` for a keyspace that a newer version has written.
 */
export async function applySchema(client: Client, keyspace: string, replication: Record<string, number>) {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace))
    throw new MillraceError('invalid_request', `"${keyspace}" is no name of a keyspace: small letters, digits and _`);
  // Through one node: another may not know yet what the statement before has made.
  const [host] = client.getState().getConnectedHosts();
  const execute = (statement: string) => client.execute(statement, [], { prepare: false, ...(host && { host }) });
  const copies = Object.entries(replication).map(([datacenter, count]) => `'${datacenter}': ${Number(count)}`);
  await execute(
    `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', ${copies.join(', ')}}`,
  );
  await execute(`CREATE TABLE IF NOT EXISTS ${keyspace}.schema_versions (version int PRIMARY KEY)`);
  const { rows } = await execute(`SELECT version FROM ${keyspace}.schema_versions`);
  const done = Math.max(0, ...rows.map((row) => row['version'] as number));
  const versions = readVersions();
  if (done > versions.length)
    throw new MillraceError(
      'data_newer',
      `keyspace ${keyspace} has version ${done}, and this version knows up to ${versions.length}`,
    );
  for (let version = done + 1; version <= versions.length; version++) {
    for (const statement of versions[version - 1]!) {
      await execute(statement.replace(/^(CREATE TABLE IF NOT EXISTS|ALTER TABLE) /, `$1 ${keyspace}.`));
    }
    await execute(`INSERT INTO ${keyspace}.schema_versions (version) VALUES (${version})`);
  }
}

/** The statements of each version, from 1. */
function readVersions(): string[][] {
  const text = readFileSync(new URL('./schema.cql', import.meta.url), 'utf8');
  return text
    .split(/^-- version \d+$/m)
    .slice(1)
    .map((part) =>
      part
        .replace(/--.*$/gm, '')
        .split(';')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== ''),
    );
}
