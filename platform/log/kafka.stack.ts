import { execFileSync } from 'node:child_process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileCodec } from '../schemas/files.ts';
import { logContract, type OpenLog } from './contract.ts';
import { KafkaLog } from './kafka.ts';

const scripts = fileURLToPath(new URL('../../ops/native/kafka/', import.meta.url));
const [, brokers] = /KAFKA_BROKERS=(\S+)/.exec(execFileSync(`${scripts}up.sh`, { encoding: 'utf8' }))!;
after(() => void execFileSync(`${scripts}down.sh`));

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
