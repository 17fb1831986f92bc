import { after } from 'node:test';
import { searchContract } from './contract.ts';
import { startElasticsearch } from './elasticsearch/stack/engine.ts';
import { faultTests } from './elasticsearch/stack/faults.ts';
import { likenessTests } from './elasticsearch/stack/likeness.ts';
import { processTests } from './elasticsearch/stack/processes.ts';

const engine = startElasticsearch();
after(() => engine.stop());

searchContract('elasticsearch', async () => {
  const index = await engine.open(engine.fresh());
  return { index, close: () => index.close() };
});
processTests(engine);
likenessTests(engine);
faultTests(engine);
