import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { twoCertificates } from '../../tests/support/certificate.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { fileCodec } from '../schemas/files.ts';
import type { KafkaSettings } from './kafka/connection.ts';
import { KafkaLog } from './kafka.ts';

// Fetches Kafka where it is not here.
nativeEngine('kafka');
const { own, other } = twoCertificates();
const script = fileURLToPath(new URL('../../ops/native/kafka/secure.sh', import.meta.url));
const brokers = /KAFKA_SECURE_BROKERS=(\S+)/.exec(
  execFileSync(script, ['up', own.cert, own.key], { encoding: 'utf8', timeout: 90_000 }),
)![1]!;
after(() => void execFileSync(script, ['down']));

const password = 'open sesame';
const open = (change: Partial<KafkaSettings>) =>
  KafkaLog.open(
    {
      ...{ brokers: [brokers], client_id: 'millrace-test', prefix: 'secure-', replication: 1 },
      ...{ tls: { ca: own.cert }, sasl: { mechanism: 'scram-sha-512', username: 'millrace', password } },
      ...change,
    },
    fileCodec(),
  );

describe('the log in a Kafka with TLS and passwords', () => {
  for (const mechanism of ['scram-sha-512', 'scram-sha-256', 'plain'] as const)
    it(`writes and reads by ${mechanism}`, async () => {
      const log = await open({ sasl: { mechanism, username: 'millrace', password } });
      await log.declare([
        { name: `typing-${mechanism}`, partitions: 1, retention_ms: null, compact: false, volatile: false },
      ]);
      const value = { workspace_id: 'w', channel_id: 'c', user_id: 'ann' };
      const topic = `typing-${mechanism}`;
      const [place] = await log.append([{ topic, key: 'k', schema: 'Typing', value }]);
      assert.deepEqual(place, { partition: 0, offset: 0 });
      const reader = log.reader(topic, 0, 0);
      const [record] = await reader.next(1, 5000);
      assert.equal(record!.key, 'k');
      await log.close();
    });

  it('is unavailable, and says why without the password, where they do not know or trust each other', async () => {
    const ways: [change: Partial<KafkaSettings>, reason: RegExp][] = [
      [{ tls: { ca: other.cert } }, /certificate|self-signed/],
      [{ tls: { ca: undefined } }, /certificate|self-signed/],
      [{ sasl: { mechanism: 'scram-sha-512', username: 'millrace', password: 'wrong word' } }, /authentication/i],
      [{ sasl: { mechanism: 'plain', username: 'millrace', password: 'wrong word' } }, /authentication/i],
    ];
    for (const [change, reason] of ways)
      await assert.rejects(open(change), (error: Error) => {
        assert.match(error.message, /^unavailable: Kafka/);
        assert.match(error.message, reason);
        assert.ok(!/sesame|wrong word/.test(error.message), error.message);
        return true;
      });
  });
});
