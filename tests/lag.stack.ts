import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaLog } from '../platform/log/kafka.ts';
import { fileCodec } from '../platform/schemas/files.ts';
import { secondsBehind } from '../runtime/observing/lag.ts';
import { nativeEngine } from './support/native-engine.ts';

const partitions = 64;

describe('the age of what was not taken, on Kafka', () => {
  let log: KafkaLog;
  before(async () => {
    const brokers = nativeEngine('kafka')['KAFKA_BROKERS']!.split(',');
    const prefix = `test-lag-${process.pid}-`;
    log = await KafkaLog.open({ brokers, client_id: 'millrace-test', prefix, replication: 1 }, fileCodec());
    const kept = { retention_ms: 3_600_000, compact: false, volatile: false };
    await log.declare([{ name: 'typing', partitions, ...kept }]);
  });
  after(() => log?.close());

  it('is that of the oldest record in each of many partitions, in about a second for all', async () => {
    const value = { workspace_id: 'w', channel_id: 'c', user_id: 'u' };
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    const append = { topic: 'typing', key: 'k', schema: 'Typing' as const, value };
    await log.append(all.map((partition) => ({ ...append, partition })));
    await sleep(1500);
    await log.append(all.map((partition) => ({ ...append, partition })));
    const began = performance.now();
    const ask = () =>
      Promise.all(all.map((partition) => secondsBehind(log, { topic: 'typing', partition, next: 0 }, Date.now())));
    const ages = await ask();
    const took_ms = performance.now() - began;
    assert.ok(Math.min(...ages) > 1.2 && Math.max(...ages) < 20, `${ages}`);
    assert.ok(took_ms < 2500, `${took_ms} ms`);
    const again = performance.now();
    await ask();
    assert.ok(performance.now() - again < 50, 'what stands still is known');
  });
});
