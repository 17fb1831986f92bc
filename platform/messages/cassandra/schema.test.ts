import assert from 'node:assert/strict';
import { it } from 'node:test';
import cassandra, { type Client } from 'cassandra-driver';
import { applySchema, knownVersion } from './schema.ts';

const { errors, types } = cassandra;

it('a table that is listed before it can be read, for another process makes it right now, is waited for', async () => {
  const said: string[] = [];
  let made = false;
  const answer = (statement: string): object | undefined => {
    said.push(statement);
    if (statement.startsWith('SELECT table_name')) return { table_name: 'schema_versions' };
    if (statement.startsWith('CREATE TABLE IF NOT EXISTS k.schema_versions')) made = true;
    if (statement.startsWith('SELECT max') && !made)
      throw new errors.ResponseError(types.responseErrorCodes.invalid, 'table schema_versions does not exist');
    if (statement.startsWith('SELECT max')) return { version: knownVersion() };
    return { '[applied]': true };
  };
  const client = {
    getState: () => ({ getConnectedHosts: () => [] }),
    execute: async (statement: string) => ({ first: () => answer(statement) ?? null }),
  } as unknown as Client;
  await applySchema(client, 'k', { datacenter1: 1 });
  assert.ok(made);
  assert.ok(said.at(-1)!.startsWith('DELETE FROM k.schema_lock'), 'the lock is given back');
  await assert.rejects(
    applySchema(
      { ...client, execute: () => Promise.reject(new errors.ResponseError(0x2100, 'no')) } as unknown as Client,
      'k',
      {},
    ),
    { message: 'no' },
  );
});
