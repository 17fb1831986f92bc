import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { document, query } from '../contract/setup.ts';
import type { SearchDocument, SearchIndex } from '../port.ts';
import { b, k1 } from '../scored.ts';
import { openSearch } from '../sqlite.ts';

const bound = { all: 20_000, newest: 2_000 };

/** Enough hits for the newest ones to be looked for by their times, which small indexes never get to. */
// Few channels are walked one by one; of many, the wanted documents are listed.
for (const channels of [4, 40])
  describe(`a word of most messages in ${channels} channels`, () => {
    // At first they take turns with channels that one may not read, so that their numbers do not follow one another.
    const channelOf = (n: number) => {
      if (n < 2 * channels) return `${n % 2 === 0 ? 'S' : 'C'}${Math.floor(n / 2)}`;
      return n % 11 === 0 ? `S${n % channels}` : `C${n % channels}`;
    };
    let folder: string;
    let index: SearchIndex;
    const documents: SearchDocument[] = Array.from({ length: 30_000 }, (_, n) =>
      document(
        `m${n}`,
        `${n < 25_000 ? 'early ' : ''}word ${n % 5 === 0 ? 'word ' : ''}${'and more '.repeat(n % 7)}`.trim(),
        {
          channel_id: channelOf(n),
          // In the order in which they came but for some of them, and several at once.
          created_at: n % 50 === 0 ? (n * 7_919) % 10_000 : Math.floor(n / 3),
        },
      ),
    );
    const readable = documents.filter(({ channel_id }) => channel_id.startsWith('C'));
    const newest = readable
      .slice()
      .sort((x, y) => y.created_at - x.created_at || (x.message_id < y.message_id ? 1 : -1));
    const channel_ids = Array.from({ length: channels }, (_, n) => `C${n}`);

    before(async () => {
      folder = await mkdtemp(`${tmpdir()}/millrace-frequent-`);
      index = await openSearch({ folder, ranked: bound });
      for (let at = 0; at < documents.length; at += 1_000) await index.index(documents.slice(at, at + 1_000));
    });
    after(async () => {
      await index.close();
      await rm(folder, { recursive: true });
    });

    it('is found by newest, page by page', async () => {
      let cursor: string | undefined;
      for (let page = 0; page < 20; page++) {
        const found = await index.search(query('word', { channel_ids, limit: 200, cursor }));
        assert.equal(found.total, readable.length);
        assert.deepEqual(
          found.hits.map((hit) => hit.message_id),
          newest.slice(page * 200, page * 200 + 200).map((one) => one.message_id),
        );
        cursor = found.next_cursor!;
      }
    });

    it('is found, too, where the newest messages lack it', async () => {
      const early = newest.filter(({ text }) => text.startsWith('early'));
      const byNewest = await index.search(query('early', { channel_ids }));
      assert.equal(byNewest.total, early.length);
      assert.deepEqual(
        byNewest.hits.map((hit) => hit.message_id),
        early.slice(0, 50).map((one) => one.message_id),
      );
      const ids = new Set(early.slice(0, bound.newest).map((one) => one.message_id));
      let cursor: string | undefined;
      for (let page = 0; page < bound.newest / 200; page++) {
        const found = await index.search(query('early', { channel_ids, sort: 'relevance', limit: 200, cursor }));
        for (const { message_id, score } of found.hits) assert.ok(ids.delete(message_id) && score > 0, message_id);
        cursor = found.next_cursor!;
      }
      assert.equal(ids.size, 0);
    });

    it('is ranked among the newest hits, then goes on with the next older one', async () => {
      const words = readable.map(({ text }) => text.split(' '));
      const mean = words.flat().length / words.length;
      // BM25 but for the idf, which is the same for all.
      const score = ({ text }: SearchDocument) => {
        const own = text.split(' ');
        const n = own.filter((word) => word === 'word').length;
        return n / (n + k1 * (1 - b + (b * own.length) / mean));
      };
      const ranked = newest
        .slice(0, bound.newest)
        // Sums of another order differ in their last bits; what is equal goes by id.
        .sort(
          (x, y) => Number(score(y).toFixed(9)) - Number(score(x).toFixed(9)) || (x.message_id < y.message_id ? 1 : -1),
        );
      const expected = [...ranked, ...newest.slice(bound.newest)].map((one) => one.message_id);
      let cursor: string | undefined;
      for (let page = 0; page < 13; page++) {
        const found = await index.search(query('word', { channel_ids, sort: 'relevance', limit: 190, cursor }));
        assert.equal(found.total, readable.length);
        assert.deepEqual(
          found.hits.map((hit) => hit.message_id),
          expected.slice(page * 190, page * 190 + 190),
        );
        cursor = found.next_cursor!;
      }
    });
  });
