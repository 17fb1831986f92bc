import { after } from 'node:test';
import { fileCodec } from '../schemas/files.ts';
import { coldTests } from './cassandra/cold.tests.ts';
import { faultTests } from './cassandra/faults.tests.ts';
import { pagingTests } from './cassandra/paging.tests.ts';
import { schemaTests } from './cassandra/schema.tests.ts';
import { openCassandraMessages } from './cassandra/store.ts';
import { startCassandra } from './cassandra/testing.ts';
import { messagesContract, type OpenMessages } from './contract.ts';
import { lifeContract } from './life.contract.ts';
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
lifeContract('cassandra', open);
orderContract('cassandra', open, 25);
pagingTests(codec, () => engine.keyspace());
coldTests(codec, engine);
faultTests(codec, engine);
schemaTests(engine);
