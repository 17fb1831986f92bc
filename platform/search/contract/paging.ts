import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { SearchIndex, SearchQuery } from '../port.ts';
import { document, type Open, query, refused } from './setup.ts';

async function pages(
  index: SearchIndex,
  first: SearchQuery,
  between: () => Promise<void> = async () => undefined,
): Promise<string[][]> {
  const read: string[][] = [];
  let cursor: string | null | undefined;
  do {
    const result = await index.search(cursor == null ? first : { ...first, cursor });
    read.push(result.hits.map((hit) => hit.message_id));
    cursor = result.next_cursor;
    if (cursor !== null) await between();
  } while (cursor !== null);
  return read;
}

export function pagingContract(open: Open): void {
  it('pages through the newest first, by time and then id, with the exact total on each page', async () => {
    const { index, close } = await open();
    await index.index(Array.from({ length: 7 }, (_, n) => document(`${n}`, 'word', { created_at: Math.floor(n / 2) })));
    assert.deepEqual(await pages(index, query('word', { limit: 3 })), [['6', '5', '4'], ['3', '2', '1'], ['0']]);
    const first = await index.search(query('word', { limit: 3 }));
    const second = await index.search(query('word', { limit: 3, cursor: first.next_cursor! }));
    assert.deepEqual([first.total, second.total], [7, 7]);
    await close();
  });

  for (const sort of ['relevance', 'newest'] as const) {
    it(`gives every hit once by ${sort}, also while documents are added`, async () => {
      const { index, close } = await open();
      let run = 0;
      const text = fc
        .array(fc.constantFrom('red', 'green', 'blue', 'some other words'), { minLength: 1, maxLength: 6 })
        .map((words) => words.join(' '));
      await fc.assert(
        fc.asyncProperty(
          fc.array(text, { minLength: 1, maxLength: 30 }),
          fc.array(text, { maxLength: 10 }),
          fc.integer({ min: 1, max: 7 }),
          async (texts, late, limit) => {
            const channel_id = `P${run++}`;
            await index.index(
              texts.map((one, n) => document(`m${n}`, `red ${one}`, { channel_id, created_at: n % 4 })),
            );
            let added = 0;
            const read = await pages(index, query('red', { sort, limit, channel_ids: [channel_id] }), async () => {
              const next = late.pop();
              if (next !== undefined)
                await index.index([document(`late${added++}`, `red ${next}`, { channel_id, created_at: added % 5 })]);
            });
            const ids = read.flat();
            assert.equal(new Set(ids).size, ids.length);
            assert.deepEqual(ids.filter((id) => id.startsWith('m')).sort(), texts.map((_, n) => `m${n}`).sort());
          },
        ),
        { numRuns: 25 },
      );
      await close();
    });
  }

  it('refuses a cursor that is not its own', async () => {
    const { index, close } = await open();
    await index.index([document('1', 'a b'), document('2', 'a b')]);
    const { next_cursor } = await index.search(query('a', { limit: 1 }));
    const bad = [
      '',
      'x',
      'W10',
      Buffer.from('["newest","1","2","C1",null]').toString('base64url'),
      `${next_cursor}x`.slice(3),
    ];
    for (const cursor of bad)
      await assert.rejects(index.search(query('a', { cursor })), refused('invalid_request', /^cursor: /), cursor);
    await assert.rejects(
      index.search(query('a', { sort: 'relevance', cursor: next_cursor! })),
      refused('invalid_request', /^cursor: /),
    );
    await close();
  });
}
