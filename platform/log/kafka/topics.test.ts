import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Admin } from 'kafkajs';
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
    return (until: number) => declareTopics(admin, [spec], { ...settings, until }, async () => undefined);
  };
  const silence = () => Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
  const exceeded = () =>
    Object.assign(new Error('5 times'), { name: 'KafkaJSNumberOfRetriesExceeded', cause: silence() });
  const later = Date.now() + 60_000;
  await failing([silence(), exceeded()])(later);
  await assert.rejects(failing([silence()])(Date.now() - 1), /timed out/);
  const refusal = Object.assign(new Error('not yours'), { type: 'TOPIC_AUTHORIZATION_FAILED' });
  await assert.rejects(failing([refusal])(later), /not yours/);
});
