import assert from 'node:assert/strict';
import { it } from 'node:test';
import cassandra from 'cassandra-driver';
import { asUnavailable } from './session.ts';

it('hosts that do not answer are told in a line, without the stack that the driver prints', async () => {
  const client = new cassandra.Client({ contactPoints: ['127.0.0.1:1'], localDataCenter: 'datacenter1' });
  await assert.rejects(client.connect(), (error) => {
    const { message } = asUnavailable(error) as Error;
    assert.match(message, /^unavailable: the message store can't serve this: .*ECONNREFUSED 127\.0\.0\.1:1$/);
    return true;
  });
  await client.shutdown();
});
