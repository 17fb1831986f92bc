import { after } from 'node:test';
import { fileCodec } from '../schemas/files.ts';
import { openCassandraMessages } from './cassandra/store.ts';
import { startCassandra } from './cassandra/testing.ts';
import { messagesContract } from './contract.ts';

const codec = fileCodec();
const engine = startCassandra();
after(() => engine.stop());

messagesContract('cassandra', async () => {
  const { options, drop } = engine.keyspace();
  const store = await openCassandraMessages(options, codec);
  const close = async (): Promise<void> => {
    await store.close();
    await drop();
  };
  return { store, close };
});
