import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { dropTestTopics } from '../../tests/support/kafka-topics.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { fileCodec } from '../schemas/files.ts';
import { logContract, type OpenLog } from './contract.ts';
import { KafkaLog } from './kafka.ts';

const ofAll = `test-${process.pid}-`;
// Before the engine is asked for, which then ends after this.
after(() => dropTestTopics(brokers!, ofAll));
const { KAFKA_BROKERS: brokers } = nativeEngine('kafka');

const codec = fileCodec();
let runs = 0;

async function open(prefix = `${ofAll}${runs++}-`): Promise<OpenLog> {
  const settings = { brokers: brokers!.split(','), client_id: 'millrace-test', prefix, replication: 1 };
  const log = await KafkaLog.open(settings, codec);
  return {
    log,
    reopen: async () => {
      await log.close();
      return open(prefix);
    },
    close: () => log.close(),
  };
}

logContract('kafka', () => open());

it('a reader beyond the end of its partition is told so, and those beside it read on', async () => {
  const { log, close } = await open();
  await log.declare([{ name: 'lost', partitions: 2, retention_ms: null, compact: false, volatile: false }]);
  const marker = { epoch: 0, last_read_seq: 1, last_read_rev: 0, since_rev: 0 };
  const value = { workspace_id: 'w', user_id: 'u', channel_id: 'c', marker, reply_to: null, region: null };
  await log.append([{ topic: 'lost', partition: 1, key: 'k', schema: 'ReadCommand', value }]);
  const beyond = log.reader('lost', 0, 5);
  const beside = log.reader('lost', 1, 0);
  await assert.rejects(beyond.next(1), { code: 'conflict', message: /beyond the end, which is 0/ });
  assert.equal((await beside.next(1, 5000)).length, 1);
  await close();
});
