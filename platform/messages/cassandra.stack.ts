import { after } from 'node:test';
import { fileCodec } from '../schemas/files.ts';
import { faultTests } from './cassandra/faults.tests.ts';
import { pagingTests } from './cassandra/paging.tests.ts';
import { openCassandraMessages } from './cassandra/store.ts';
import { startCassandra } from './cassandra/testing.ts';
import { messagesContract, type OpenMessages } from './contract.ts';
import { orderContract } from './order.contract.ts';

const codec = fileCodec();
const engine = startCassandra();
after(() => engine.stop());

const open = async (): Promise<OpenMessages> => {
  const { options, drop } = engine.keyspace();
  const store = await openCassandraMessages(options, codec);
  const close = async (): Promise<void> => {
    await store.close();
    await drop();
  };
  return { store, close };
};

messagesContract('cassandra', open);
orderContract('cassandra', open, 25);
pagingTests(codec, () => engine.keyspace());
faultTests(codec, engine);
