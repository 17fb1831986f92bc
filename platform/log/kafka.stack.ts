import { nativeEngine } from '../../tests/support/native-engine.ts';
import { fileCodec } from '../schemas/files.ts';
import { logContract, type OpenLog } from './contract.ts';
import { KafkaLog } from './kafka.ts';

const { KAFKA_BROKERS: brokers } = nativeEngine('kafka');

const codec = fileCodec();
let runs = 0;

async function open(prefix = `test-${process.pid}-${runs++}-`): Promise<OpenLog> {
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
