import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import cassandra, { type Client } from 'cassandra-driver';
import { MillraceError } from '../../errors/error.ts';
import { type Ask, SchemaLock } from './schema-lock.ts';

const { errors, types } = cassandra;

/** How long a node may take to open a table that it knows, and how often it is asked meanwhile. */
const making_ms = 10_000;
const again_ms = 100;

/**
 * Brings the keyspace to this version: makes it where it is missing, applies what is above the version that it notes. Safe
 * to run twice, also at the same time: one process changes tables, the others wait. Errors: `data_newer` for a keyspace that
 * a newer version has written; `unavailable`.
 */
export async function applySchema(client: Client, keyspace: string, replication: Record<string, number>) {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace))
    throw new MillraceError('invalid_request', `"${keyspace}" is no name of a keyspace: small letters, digits and _`);
  // Through one node, the same for every process: another may not know yet what the statement before has made, and what two
  // nodes make at once they disagree about.
  const [host] = client
    .getState()
    .getConnectedHosts()
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  const ask: Ask = async (statement, params = []) => {
    const options = { prepare: params.length > 0, ...(host && { host }) };
    for (const until = Date.now() + making_ms; ; await sleep(again_ms)) {
      try {
        return (await client.execute(statement, params, options)).first() ?? undefined;
      } catch (error) {
        if (!isBeingMade(error) || Date.now() >= until) throw error;
      }
    }
  };
  const versions = readVersions();
  const done = async (): Promise<number> => {
    const row = await ask(`SELECT max(version) AS version FROM ${keyspace}.schema_versions`);
    const version = (row?.['version'] as number | null | undefined) ?? 0;
    if (version <= versions.length) return version;
    throw new MillraceError(
      'data_newer',
      `keyspace ${keyspace} has version ${version}, and this version knows up to ${versions.length}`,
    );
  };
  const isDone = async (): Promise<boolean> => {
    if (!(await isBegun(ask, keyspace))) return false;
    try {
      return (await done()) === versions.length;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };
  if (await isDone()) return;
  const copies = Object.entries(replication).map(([datacenter, count]) => `'${datacenter}': ${Number(count)}`);
  await ask(
    `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', ${copies.join(', ')}}`,
  );
  await ask(`CREATE TABLE IF NOT EXISTS ${keyspace}.schema_lock (name text PRIMARY KEY, holder text)`);
  await ask(`CREATE TABLE IF NOT EXISTS ${keyspace}.schema_versions (version int PRIMARY KEY)`);
  const lock = new SchemaLock(ask, keyspace);
  await lock.take();
  try {
    for (let version = (await done()) + 1; version <= versions.length; version++) {
      for (const statement of versions[version - 1]!) {
        await lock.renew();
        await ask(statement.replace(/^(CREATE TABLE IF NOT EXISTS|ALTER TABLE) /, `$1 ${keyspace}.`));
      }
      await ask(`INSERT INTO ${keyspace}.schema_versions (version) VALUES (${version})`);
    }
  } finally {
    await lock.release();
  }
}

/** Whether the table is there that notes the version; the last of those that come before the lock. */
async function isBegun(ask: Ask, keyspace: string): Promise<boolean> {
  const found = await ask(
    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'schema_versions'",
    [keyspace],
  );
  return found !== undefined;
}

/** A table that another process makes right now is listed a moment before it can be read. */
function isMissing(error: unknown): boolean {
  const { responseErrorCodes } = types;
  return (
    error instanceof errors.ResponseError &&
    error.code === responseErrorCodes.invalid &&
    / does not exist$/.test(error.message)
  );
}

/** So is it when the node knows the table already, and has not opened it: then it fails by an error of its own. Whatever was asked was not done. */
function isBeingMade(error: unknown): boolean {
  const reasons = error instanceof errors.NoHostAvailableError ? Object.values(error.innerErrors ?? {}) : [error];
  return reasons.some((reason) => reason instanceof Error && reason.message.includes('Unknown CF '));
}

/** The newest version of a keyspace that this code makes. */
export function knownVersion(): number {
  return readVersions().length;
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
