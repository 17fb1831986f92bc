import { after } from 'node:test';
import { dropTestTopics } from '../../tests/support/kafka-topics.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { KafkaLog } from '../log/kafka.ts';
import { fileCodec } from '../schemas/files.ts';
import { peerLogContract } from './contract.ts';
import { LazyPeer } from './lazy-peer.ts';
import { LogPeer } from './log-peer.ts';
import { linkedTopics } from './port.ts';

const ofAll = `test-regions-${process.pid}-`;
// Before the engine is asked for, which then ends after this.
after(() => dropTestTopics(brokers!, ofAll));
const { KAFKA_BROKERS: brokers } = nativeEngine('kafka');
const codec = fileCodec();
let runs = 0;

peerLogContract(async () => {
  const prefix = `${ofAll}${runs++}-`;
  const settings = { brokers: brokers!.split(','), client_id: 'millrace-test', prefix, replication: 1 };
  const log = await KafkaLog.open(settings, codec);
  const rest = { partitions: 2, retention_ms: null, compact: false, volatile: false };
  await log.declare(linkedTopics.map((name) => ({ name, ...rest })));
  const peer = new LazyPeer(async () => {
    const reading = await KafkaLog.open(settings, codec);
    await reading.find([...linkedTopics]);
    return new LogPeer(reading, () => reading.close());
  });
  return { peer, log, close: () => peer.close().then(() => log.close()) };
}, undefined);
