import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Admin } from 'kafkajs';
import { Patience } from './patience.ts';
import { configOf, declareTopics } from './topics.ts';

const spec = { name: 't', partitions: 1, retention_ms: null, compact: false, volatile: false };

it('an acknowledged append is on most copies, and one copy of two may be away', () => {
  const least = [1, 2, 3, 4, 5].map((copies) => configOf(spec, copies)['min.insync.replicas']);
  assert.deepEqual(least, ['1', '1', '2', '3', '3']);
});

it('brokers that say nothing are asked again in the time that there is; what they refuse is refused', async () => {
  const settings = { prefix: '', replication: 1 };
  const failing = (errors: Error[]) => {
    const admin = {
      listTopics: async () => {
        const error = errors.shift();
        if (error) throw error;
        return [];
      },
      createTopics: async () => true,
    } as unknown as Admin;
    return (patience_ms: number, waits: unknown[] = []) =>
      declareTopics(
        admin,
        [spec],
        { ...settings, patience: new Patience(patience_ms, (error) => waits.push(error)) },
        async () => undefined,
      );
  };
  const silence = () => Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
  const exceeded = () =>
    Object.assign(new Error('5 times'), { name: 'KafkaJSNumberOfRetriesExceeded', cause: silence() });
  const waits: unknown[] = [];
  await failing([silence(), exceeded()])(60_000, waits);
  assert.deepEqual(waits.map(String), ['KafkaJSRequestTimeoutError: timed out']);
  await assert.rejects(failing([silence()])(0, waits), /timed out/);
  assert.equal(waits.length, 1);
  const refusal = Object.assign(new Error('not yours'), { type: 'TOPIC_AUTHORIZATION_FAILED' });
  await assert.rejects(failing([refusal])(60_000), /not yours/);
});
