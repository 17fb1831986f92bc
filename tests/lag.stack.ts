import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaLog } from '../platform/log/kafka.ts';
import { fileCodec } from '../platform/schemas/files.ts';
import { secondsBehind } from '../runtime/observing/lag.ts';
import { dropTestTopics } from './support/kafka-topics.ts';
import { nativeEngine } from './support/native-engine.ts';

const partitions = 64;

describe('the age of what was not taken, on Kafka', () => {
  const brokers = nativeEngine('kafka')['KAFKA_BROKERS']!;
  const prefix = `test-lag-${process.pid}-`;
  let log: KafkaLog;
  before(async () => {
    log = await KafkaLog.open(
      { brokers: brokers.split(','), client_id: 'millrace-test', prefix, replication: 1 },
      fileCodec(),
    );
    const kept = { retention_ms: 3_600_000, compact: false, volatile: false };
    await log.declare([{ name: 'typing', partitions, ...kept }]);
  });
  after(async () => {
    await log?.close();
    await dropTestTopics(brokers, prefix);
  });

  it('is that of the oldest record in each of many partitions, asked for at the same time, and once', async () => {
    const value = { workspace_id: 'w', channel_id: 'c', user_id: 'u' };
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    const append = { topic: 'typing', key: 'k', schema: 'Typing' as const, value };
    await log.append(all.map((partition) => ({ ...append, partition })));
    await sleep(1500);
    await log.append(all.map((partition) => ({ ...append, partition })));
    let [asked, most, open] = [0, 0, 0];
    const counted = Object.assign(Object.create(log) as KafkaLog, {
      reader: (...place: Parameters<KafkaLog['reader']>) => {
        const reader = log.reader(...place);
        asked++;
        most = Math.max(most, ++open);
        return {
          next: (...args: Parameters<typeof reader.next>) => reader.next(...args),
          close: () => {
            open--;
            reader.close();
          },
        };
      },
    });
    const ask = () =>
      Promise.all(all.map((partition) => secondsBehind(counted, { topic: 'typing', partition, next: 0 }, Date.now())));
    const ages = await ask();
    assert.ok(Math.min(...ages) > 1.2 && Math.max(...ages) < 60, `${ages}`);
    assert.equal(most, partitions, 'all at the same time');
    await ask();
    assert.equal(asked, partitions, 'what stands still is known');
  });
});
