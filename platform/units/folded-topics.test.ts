import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryLog } from '../log/memory.ts';
import type { Append } from '../log/port.ts';
import { fileCodec } from '../schemas/files.ts';
import { FoldedTopics } from './folded-topics.ts';
import type { Unit } from './port.ts';

const topic = 'events';
const lease: Append = {
  topic,
  key: '0',
  schema: 'GatewayLease',
  value: { gateway: '0', epoch: 1, until: 1, holder: '', held: true },
};
const cut: Append = { topic, key: '', schema: 'Cut', value: { topology: 't', deployment: 2 } };
const answer: Append = { ...lease, topic: 'answers' };

async function folding() {
  const log = new MemoryLog(fileCodec(), () => 0);
  await log.declare(
    [topic, 'answers'].map((name) => ({ name, partitions: 1, retention_ms: null, compact: false, volatile: false })),
  );
  const folded = new FoldedTopics(log, () => undefined);
  const commit = async (appends: Append[], state: Unit['state'] = []): Promise<void> => {
    const folds = appends.some((append) => append.topic === topic) ? [{ state: 's/0', topic, origin: 1 }] : [];
    await folded.appended({ rows: [], appends, state, offsets: [], folds }, await log.append(appends));
  };
  return { log, commit };
}

describe('a topic that a state folds, and others write to', () => {
  it('takes one unit after the other, whatever else they append', async () => {
    const { commit } = await folding();
    await commit([lease, answer, lease]);
    await commit([answer]);
    await commit([answer, lease]);
  });

  it('refuses a unit behind somebody else’s records, and goes on from where the state was brought up to', async () => {
    const { log, commit } = await folding();
    await commit([lease]);
    await log.append([lease]);
    await assert.rejects(commit([lease]), { code: 'conflict' });
    const { end } = await log.bounds(topic, 0);
    await commit([], [{ state: 's/0', table: '_own', key: 'fold', value: { next: end, origin: 1 } }]);
    await commit([lease]);
    await log.append([cut, lease]);
    await assert.rejects(commit([lease]), { code: 'conflict' });
  });

  it('refuses a unit whose own records have somebody else’s between them', async () => {
    const { log, commit } = await folding();
    await commit([lease]);
    const appending = log.append.bind(log);
    log.append = async (records) => {
      const first = await appending(records.slice(0, 1));
      await appending([lease]);
      return [...first, ...(await appending(records.slice(1)))];
    };
    await assert.rejects(commit([lease, lease]), { code: 'conflict' });
  });

  it('refuses what is under way behind a refused unit', async () => {
    const { log, commit } = await folding();
    await commit([lease]);
    await log.append([lease]);
    const [first, second] = await Promise.allSettled([commit([lease]), commit([lease])]);
    assert.deepEqual([first.status, second.status], ['rejected', 'rejected']);
  });

  it('takes a state that is emptied and filled again', async () => {
    const { log, commit } = await folding();
    await commit([lease]);
    await log.append([lease]);
    await commit([], [{ state: 's/0', table: '_own', key: 'fold', value: undefined }]);
    await commit([], [{ state: 's/0', table: '_own', key: 'fold', value: { next: 2, origin: 1 } }]);
    await commit([lease]);
  });

  it('is not troubled by cuts', async () => {
    const { log, commit } = await folding();
    await commit([lease]);
    await log.append([cut, cut]);
    await commit([lease]);
  });
});
