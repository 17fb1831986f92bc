import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { modelScores } from '../contract/ranking.ts';
import { document, query } from '../contract/setup.ts';
import type { SearchDocument, SearchIndex, SearchQuery, SearchResult } from '../port.ts';
import { openSearch } from '../sqlite.ts';

const bound = 5;

/** Newest first, as every adapter sorts. */
function newestFirst(x: SearchDocument, y: SearchDocument): number {
  if (x.created_at !== y.created_at) return y.created_at - x.created_at;
  return x.message_id < y.message_id ? 1 : -1;
}

function keyOf(one: { channel_id: string; message_id: string }): string {
  return `${one.channel_id}/${one.message_id}`;
}

async function pages(index: SearchIndex, first: SearchQuery): Promise<SearchResult[]> {
  const read = [await index.search(first)];
  for (let last = read[0]!; last.next_cursor !== null; read.push(last))
    last = await index.search({ ...first, cursor: last.next_cursor });
  return read;
}

describe('bounded ranking', () => {
  let folder: string;
  let index: SearchIndex;
  before(async () => {
    folder = await mkdtemp(`${tmpdir()}/millrace-bounded-`);
    index = await openSearch({ folder, ranked: { all: bound, newest: bound } });
  });
  after(async () => {
    await index.close();
    await rm(folder, { recursive: true });
  });

  it('ranks the newest hits, then gives the older ones by newest, each once, with the exact total', async () => {
    const said = fc.record({
      words: fc.array(fc.constantFrom('red', 'green', 'blue'), { minLength: 1, maxLength: 6 }),
      created_at: fc.nat({ max: 6 }),
      channel: fc.nat({ max: 2 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(said, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), async (all, limit) => {
        const channels = [0, 1, 2].map((n) => `B${run}-${n}`);
        run += 1;
        const documents = all.map(({ words, created_at, channel }, n) =>
          document(`m${String(n).padStart(2, '0')}`, words.join(' '), { created_at, channel_id: channels[channel]! }),
        );
        await index.index(documents);
        const channel_ids = channels.slice(0, 2);
        const readable = documents.filter(({ channel_id }) => channel_ids.includes(channel_id));
        const scores = modelScores(readable, ['red']);
        const expected = readable
          .filter((one) => scores.has(keyOf(one)))
          .sort(newestFirst)
          .map(keyOf);
        const found = await pages(index, query('red', { sort: 'relevance', limit, channel_ids }));
        const hits = found.flatMap((page) => page.hits);
        assert.deepEqual(hits.slice(0, bound).map(keyOf).sort(), expected.slice(0, bound).sort());
        assert.deepEqual(hits.slice(bound).map(keyOf), expected.slice(bound));
        for (const [n, hit] of hits.slice(0, bound).entries()) {
          // Of all that one may read, and not of the newest alone.
          assert.ok(Math.abs(hit.score - scores.get(keyOf(hit))!) < 1e-9);
          assert.ok(n === 0 || hit.score <= hits[n - 1]!.score);
        }
        assert.ok(hits.slice(bound).every((hit) => hit.score === 0));
        assert.ok(found.every((page) => page.total === expected.length));
      }),
      { numRuns: 60 },
    );
  });

  it('gives every hit once while documents are added, older and newer ones', async () => {
    const times = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(times, times, fc.integer({ min: 1, max: 4 }), async (first, late, limit) => {
        const channel_id = `L${run++}`;
        const texts = ['red', 'red red', 'red and more of it'];
        const made = (created_at: number, n: number, name: string) =>
          document(`${name}${n}`, texts[(created_at + n) % 3]!, { created_at, channel_id });
        await index.index(first.map((time, n) => made(time, n, 'm')));
        const ids: string[] = [];
        const asked = query('red', { sort: 'relevance', limit, channel_ids: [channel_id] });
        let cursor: string | undefined;
        for (let page = 0; cursor !== undefined || page === 0; page++) {
          const result = await index.search({ ...asked, cursor });
          ids.push(...result.hits.map((hit) => hit.message_id));
          cursor = result.next_cursor ?? undefined;
          if (late[page] !== undefined) await index.index([made(late[page]!, page, 'late')]);
        }
        assert.equal(new Set(ids).size, ids.length);
        assert.deepEqual(ids.filter((id) => id.startsWith('m')).sort(), first.map((_, n) => `m${n}`).sort());
      }),
      { numRuns: 40 },
    );
  });

  it('tells nothing of documents that one may not read', async () => {
    const own = Array.from({ length: 12 }, (_, n) => document(`${n}`, 'merger', { channel_id: 'OWN', created_at: n }));
    await index.index(own);
    const asked = query('merger', { sort: 'relevance', limit: 3, channel_ids: ['OWN'] });
    const alone = await pages(index, asked);
    await index.index(own.map((one) => ({ ...one, channel_id: 'SECRET', text: 'merger merger', created_at: 100 })));
    assert.deepEqual(await pages(index, asked), alone);
  });
});
