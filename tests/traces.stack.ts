import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import kafkajs from 'kafkajs';
import { KafkaLog } from '../platform/log/kafka.ts';
import { fileCodec } from '../platform/schemas/files.ts';
import { spanOf } from '../platform/tracing/context.ts';
import { noTracing } from '../platform/tracing/port.ts';
import type { MessageCommand } from '../schemas/generated/types.ts';
import { dropTestTopics } from './support/kafka-topics.ts';
import { nativeEngine } from './support/native-engine.ts';

const topic = 'message_commands';
const sampled = '0123456789abcdef0123456789abcdef';
const other = 'ffffffffffffffffffffffffffffffff';

describe('the trace of a record, on Kafka', () => {
  const brokers = nativeEngine('kafka')['KAFKA_BROKERS']!.split(',');
  const prefix = `test-traces-${process.pid}-`;
  let log: KafkaLog;
  before(async () => {
    const tracing = { ...noTracing, on: true, samples: (carried: string) => carried === sampled };
    log = await KafkaLog.open({ brokers, client_id: 'millrace-test', prefix, replication: 1 }, fileCodec(), {
      tracing: tracing,
    });
    await log.declare([{ name: topic, partitions: 1, retention_ms: 3_600_000, compact: false, volatile: false }]);
  });
  after(async () => {
    await log?.close();
    await dropTestTopics(brokers.join(), prefix);
  });

  it('is in a header that any tool of Kafka’s can read, of those that are sampled', async () => {
    const value = (trace_id: string): MessageCommand => ({
      ...{ workspace_id: 'w', channel_id: 'c', actor_id: 'a', trace_id },
      reply_to: { gateway: '0', epoch: 1, request: 7 },
      carried: null,
      home: null,
      body: {
        SendMessage: {
          ...{ text: 'x', client_msg_id: '1', root: null, mentions: [], mentions_channel: false, mentions_here: [] },
        },
      },
    });
    const values = [value(sampled), value(other)];
    await log.append(values.map((one) => ({ topic, key: 'k', schema: 'MessageCommand', value: one })));

    const consumer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId: `${prefix}foreign`,
    });
    const headers: (string | undefined)[] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topic: prefix + topic, fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`only ${headers.length} records came`)), 30_000);
        const eachMessage = async ({ message }: { message: { headers?: kafkajs.IHeaders | undefined } }) => {
          headers.push(message.headers?.['traceparent']?.toString());
          if (headers.length < values.length) return;
          clearTimeout(late);
          resolve();
        };
        consumer.run({ eachMessage }).catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
    assert.deepEqual(headers, [`00-${sampled}-${spanOf(values[0]!, topic)}-01`, undefined]);

    const [read] = await log.reader(topic, 0, 0).next(1, 5000);
    assert.equal((read!.decoded().value as MessageCommand).trace_id, sampled, 'our own readers need the value alone');
  });
});
