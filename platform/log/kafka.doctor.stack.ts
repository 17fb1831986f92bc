import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import kafkajs from 'kafkajs';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { fileCodec } from '../schemas/files.ts';
import { kafkaChecks } from './kafka/doctor.ts';
import { KafkaLog } from './kafka.ts';
import type { TopicSpec } from './port.ts';

const brokers = nativeEngine('kafka')['KAFKA_BROKERS']!.split(',');
const settings = { brokers, client_id: 'millrace-test', prefix: `doctor-${process.pid}.`, replication: 1 };
const [kept, folded]: TopicSpec[] = [
  { name: 'kept', partitions: 2, retention_ms: 86_400_000, compact: false, volatile: false },
  { name: 'folded', partitions: 1, retention_ms: null, compact: true, volatile: false },
];
const specs = [kept!, folded!];

describe('doctor on a live Kafka', () => {
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  before(() => admin.connect());
  after(async () => {
    await admin.deleteTopics({ topics: specs.map(({ name }) => settings.prefix + name) });
    await admin.disconnect();
  });

  const set = async (topic: string, name: string, value: string): Promise<void> => {
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: settings.prefix + topic };
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [{ name, value }] }] });
  };
  const bad = async (change: Partial<typeof settings> = {}, wanted = specs) =>
    (await kafkaChecks({ ...settings, ...change }, wanted))
      .filter(({ state }) => state !== 'ok')
      .map(({ name, state, detail }) => `${state} ${name.replace(settings.prefix, '')}: ${detail}`);

  it('is content before topics are made, and with those that were declared', async () => {
    assert.deepEqual(await bad(), []);
    const log = await KafkaLog.open(settings, fileCodec());
    await log.declare(specs);
    await log.close();
    assert.deepEqual(await bad(), []);
  });

  it('tells a count, a retention or a compaction that is other than declared', async () => {
    assert.match(
      (await bad({}, [{ ...kept!, partitions: 3 }, folded!])).join(),
      /^fail kafka topic kept: has 2 partitions, 3 are declared/,
    );
    await set('kept', 'retention.ms', '1000');
    const wrong = await bad();
    assert.ok(wrong.includes('fail kafka topic kept: retention.ms is 1000, 86400000 is declared'), wrong.join('\n'));
    await set('kept', 'min.insync.replicas', '2');
    assert.ok((await bad()).includes('fail kafka topic kept: min.insync.replicas is 2, 1 is declared'));
    await set('folded', 'cleanup.policy', 'delete');
    assert.ok((await bad()).includes('fail kafka topic folded: cleanup.policy is delete, compact is declared'));
    // As the mend says.
    const log = await KafkaLog.open(settings, fileCodec());
    await log.declare(specs);
    await log.close();
    assert.deepEqual(await bad(), []);
  });

  it('tells topics that are missing beside others, and copies that are too few or can not be', async () => {
    const more = await bad({}, [...specs, { ...kept!, name: 'new' }]);
    assert.deepEqual(more, [`warn kafka topics: not there: ${settings.prefix}new`]);
    const copies = await bad({ replication: 3 });
    assert.match(copies.join('\n'), /^fail kafka brokers: 1 broker answers, fewer than the 3 copies/m);
    assert.match(copies.join('\n'), /^warn kafka topic kept: has 1 of 3 copies/m);
  });
});
