import assert from 'node:assert/strict';
import { it } from 'node:test';
import { unavailable } from './connection.ts';

it('tells that no broker answered, where kafkajs takes apart metadata that it has not', async () => {
  // As kafkajs 2.2.4's admin/index.js does, whose broker pool gives null then.
  const metadata = (): Promise<{ topicMetadata: unknown }> => Promise.resolve(null as never);
  const listTopics = async (): Promise<unknown> => {
    const { topicMetadata } = await metadata();
    return topicMetadata;
  };
  await assert.rejects(
    listTopics().catch((error: unknown) => {
      throw unavailable('did not make topics', error);
    }),
    { code: 'unavailable', detail: 'Kafka did not make topics: no broker answered' },
  );
});
