import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import kafkajs from 'kafkajs';
import { testEngines } from './support/engines.ts';
import { nativeEngine } from './support/native-engine.ts';

const brokers = nativeEngine('kafka')['KAFKA_BROKERS']!;
const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();

it('a suite on Kafka leaves no topic of its namespace, in any generation of the log, and those of others', async () => {
  await admin.connect();
  after(() => admin.disconnect());
  const { settings, drop } = testEngines(
    `dropped-${process.pid}x${Date.now()}`,
    `MILLRACE_LOG=kafka MILLRACE_KAFKA_BROKERS=${brokers}`,
  );
  const namespace = settings['MILLRACE_NAMESPACE']!;
  const own = [`${namespace}.message_events`, `${namespace}.g2.message_events`];
  const other = `${namespace}0.message_events`;
  await admin.createTopics({ topics: [...own, other].map((topic) => ({ topic })), waitForLeaders: true });
  try {
    await drop();
    const left = (await admin.listTopics()).filter((name) => name.startsWith(namespace));
    assert.deepEqual(left, [other]);
  } finally {
    await admin.deleteTopics({ topics: [other] });
  }
});
