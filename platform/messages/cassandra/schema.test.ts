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

it('a table that its node knows and has not opened yet is asked for until it has', async () => {
  const unopened = new errors.ResponseError(
    types.responseErrorCodes.serverError,
    'java.lang.IllegalArgumentException: Unknown CF ad0bdcf5-04fa-3393-9336-98a5fe118893',
  );
  // As the driver tells it where one node is all that there are.
  const everyHost = new errors.NoHostAvailableError({ '127.0.0.1:9042': unopened });
  for (const error of [unopened, everyHost]) {
    let failures = 2;
    const client = {
      getState: () => ({ getConnectedHosts: () => [] }),
      execute: async (statement: string) => {
        if (statement.startsWith('SELECT max') && failures-- > 0) throw error;
        const row = statement.startsWith('SELECT max')
          ? { version: knownVersion() }
          : { table_name: 'schema_versions' };
        return { first: () => row };
      },
    } as unknown as Client;
    await applySchema(client, 'k', { datacenter1: 1 });
    assert.equal(failures, -1);
  }
});
