import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { document, query } from '../../contract/setup.ts';
import type { SearchResult } from '../../port.ts';
import { openSearch } from '../../sqlite.ts';
import type { StackEngine } from './engine.ts';

const word = fc.constantFrom('red', 'redder', 'Grün', 'blue', '北京', '开会', '東京都', "it's", 'ภาษาไทย', '🎉', 'a_b');
const term = fc.oneof(
  word,
  word.map((one) => `-${one}`),
  fc.constantFrom('re*', 'b*', '-gr*', '"red blue"', '"blue red"', '-"red red"', '"it s"', '京', 'rde', 'blu'),
);
const filter = fc.record(
  { from: fc.subarray(['ann', 'bob']), before: fc.integer({ min: 0, max: 9 }), after: fc.integer({ min: 0, max: 9 }) },
  { requiredKeys: [] },
);

function found({ hits, total, suggestion }: SearchResult) {
  return { total, suggestion, ids: hits.map((hit) => hit.message_id) };
}

export function likenessTests(engine: StackEngine): void {
  describe('search in Elasticsearch and in SQLite', () => {
    it('find the same, in the same order and with the same scores', async () => {
      const folder = await mkdtemp(`${tmpdir()}/millrace-likeness-`);
      const [one, other] = await Promise.all([engine.open(engine.fresh()), openSearch({ folder })]);
      let run = 0;
      const message = fc.record({
        words: fc.array(word, { minLength: 1, maxLength: 6 }),
        user_id: fc.constantFrom('ann', 'bob'),
        created_at: fc.nat({ max: 9 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(message, { minLength: 1, maxLength: 12 }),
          fc.array(fc.tuple(fc.array(term, { maxLength: 3 }), filter, fc.boolean()), { minLength: 5, maxLength: 5 }),
          async (messages, asked) => {
            const channel_id = `P${run++}`;
            const documents = messages.map(({ words, ...rest }, n) =>
              document(`${n}`, words.join(' '), { ...rest, channel_id }),
            );
            await Promise.all([one.index(documents), other.index(documents)]);
            for (const [terms, filters, ranked] of asked) {
              const sort = ranked ? 'relevance' : 'newest';
              const wanted = query(terms.join(' '), { ...filters, sort, channel_ids: [channel_id] });
              const [there, here] = await Promise.all([one.search(wanted), other.search(wanted)]);
              assert.deepEqual(found(there), found(here));
              for (const [n, { score }] of there.hits.entries())
                assert.ok(Math.abs(score - here.hits[n]!.score) < 1e-5 * Math.max(1, score));
            }
          },
        ),
        { numRuns: 40 },
      );
      await Promise.all([one.close(), other.close()]);
      await rm(folder, { recursive: true });
    });
  });
}
