import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { SearchDocument } from '../port.ts';
import { document, found, type Open, refused } from './setup.ts';

export function documentContract(open: Open): void {
  it('keeps the highest rev, and a deleted message stays deleted', async () => {
    const { index, close } = await open();
    await index.index([document('1', 'first', { rev: 3 })]);
    await index.index([document('1', 'late', { rev: 2 }), document('1', 'same', { rev: 3 })]);
    assert.deepEqual(await found(index, 'first'), ['1']);
    assert.deepEqual(await found(index, 'late'), []);
    await index.index([document('1', 'second', { rev: 4 })]);
    assert.deepEqual([await found(index, 'first'), await found(index, 'second')], [[], ['1']]);
    await index.index([document('1', '', { rev: 5, deleted: true }), document('1', 'second', { rev: 4 })]);
    assert.deepEqual(await found(index, 'second'), []);
    assert.deepEqual(await found(index, '', { after: 0 }), []);
    const { id } = (await index.generations())[0]!;
    assert.deepEqual(await index.documents(id, [{ workspace_id: 'w', channel_id: 'C1', message_id: '1' }]), [
      document('1', '', { rev: 5, deleted: true }),
    ]);
    await close();
  });

  it('ends in the same state however batches are cut, repeated and ordered', async () => {
    const change = fc.record({
      id: fc.constantFrom('1', '2', '3'),
      rev: fc.integer({ min: 1, max: 6 }),
      again: fc.boolean(),
    });
    const { index, close } = await open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 }), async (batches) => {
        const channel_id = `P${run++}`;
        const best = new Map<string, SearchDocument>();
        for (const batch of batches) {
          const documents = batch.map(({ id, rev }) =>
            document(id, rev % 5 === 0 ? '' : `word r${rev}`, { rev, channel_id, deleted: rev % 5 === 0 }),
          );
          for (const one of documents)
            if (one.rev > (best.get(one.message_id)?.rev ?? 0)) best.set(one.message_id, one);
          await index.index(documents);
          if (batch[0]?.again) await index.index(documents);
        }
        const living = [...best.values()].filter((one) => !one.deleted);
        assert.deepEqual(
          await found(index, 'word', { channel_ids: [channel_id] }),
          living.map((one) => one.message_id).sort(),
        );
        for (const one of living)
          assert.deepEqual(
            await found(index, `r${one.rev} word`, { channel_ids: [channel_id], from: ['ann'] }),
            living
              .filter((other) => other.rev === one.rev)
              .map((other) => other.message_id)
              .sort(),
          );
      }),
      { numRuns: 40 },
    );
    await close();
  });

  it('gives documents back by key', async () => {
    const { index, close } = await open();
    const kept = [
      document('1', 'Ünïcode 🎉\n<b>'),
      document('2', '', { channel_id: 'C2' }),
      document('1', 'x', { workspace_id: 'v' }),
    ];
    await index.index(kept);
    const { id, documents } = (await index.generations())[0]!;
    assert.equal(documents, 3);
    const read = await index.documents(
      id,
      [...kept, document('9', '')].map(({ workspace_id, channel_id, message_id }) => ({
        workspace_id,
        channel_id,
        message_id,
      })),
    );
    assert.deepEqual(read, kept);
    await assert.rejects(index.documents('none', []), refused('not_found'));
    await close();
  });

  it('takes documents out of every generation, and nothing else', async () => {
    const { index, close } = await open();
    await index.index([
      document('1', 'gone for good'),
      document('2', 'gone, too'),
      document('1', 'gone', { channel_id: 'C2' }),
    ]);
    await index.index([document('2', '', { rev: 9, deleted: true })]);
    const built = await index.build();
    await index.index([document('1', 'gone for good')], built.id);
    const keys = ['1', '2', '9'].map((message_id) => ({ workspace_id: 'w', channel_id: 'C1', message_id }));
    await index.remove(keys);
    await index.remove(keys);
    await index.remove([]);
    assert.deepEqual(await found(index, 'gone', { channel_ids: ['C1', 'C2'] }), ['1'], 'that of the other channel');
    for (const { id } of await index.generations()) assert.deepEqual(await index.documents(id, keys), []);
    await close();
  });

  it('refuses batches above 1,000', async () => {
    const { index, close } = await open();
    await assert.rejects(
      index.index(Array.from({ length: 1_001 }, (_, n) => document(`${n}`, 'x'))),
      refused('invalid_request'),
    );
    await index.index([]);
    await close();
  });
}
