import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { SearchDocument } from '../port.ts';
import { b, k1 } from '../scored.ts';
import { document, type Open, query } from './setup.ts';

/** BM25 of the documents that hold all words, counted over all of `documents`: as in Robertson and Zaragoza (2009). */
export function modelScores(documents: SearchDocument[], words: string[]): Map<string, number> {
  const split = documents.map(({ text }) => text.split(' '));
  const mean = split.flat().length / documents.length;
  const scores = new Map<string, number>();
  for (const [at, own] of split.entries()) {
    if (!words.every((word) => own.includes(word))) continue;
    let score = 0;
    for (const word of words) {
      const holding = split.filter((other) => other.includes(word)).length;
      const n = own.filter((other) => other === word).length;
      const idf = Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
      score += (idf * n * (k1 + 1)) / (n + k1 * (1 - b + (b * own.length) / mean));
    }
    scores.set(`${documents[at]!.channel_id}/${documents[at]!.message_id}`, score);
  }
  return scores;
}

export function rankingContract(open: Open): void {
  it('ranks thousands of matches of common words without going through them again for each', async () => {
    const { index, close } = await open();
    for (let start = 0; start < 12_000; start += 1_000) {
      await index.index(Array.from({ length: 1_000 }, (_, n) => document(`${start + n}`, 'the same few words')));
    }
    const began = performance.now();
    const result = await index.search(query('the same words', { sort: 'relevance' }));
    assert.equal(result.total, 12_000);
    // A bound for a busy machine: a quadratic plan takes minutes.
    assert.ok(performance.now() - began < 2_500);
    await close();
  });

  it('ranks what says more about it in fewer words higher; the more telling word counts more', async () => {
    const { index, close } = await open();
    await index.index([
      document('1', 'postgres is one of many words in this rather long message about nothing much'),
      document('2', 'postgres postgres backup'),
      document('3', 'the postgres'),
      ...Array.from({ length: 10 }, (_, n) => document(`x${n}`, 'the usual talk')),
    ]);
    const { hits } = await index.search(query('postgres', { sort: 'relevance' }));
    assert.deepEqual(
      hits.map((hit) => hit.message_id),
      ['2', '3', '1'],
    );
    assert.ok(hits.every((hit, n) => hit.score > 0 && (n === 0 || hit.score <= hits[n - 1]!.score)));
    await close();
  });

  it('scores by BM25 over the permitted documents alone', async () => {
    const { index, close } = await open();
    // Numbers are words too, and one word may begin another.
    const word = fc.constantFrom('2', '3', 'a', 'aa', 'red', '22');
    const text = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
    const said = fc.record({ text, earlier: fc.option(text), channel: fc.nat({ max: 2 }) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(said, { minLength: 1, maxLength: 25 }),
        fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
        async (all, words) => {
          const channels = [0, 1, 2].map((n) => `R${run}-${n}`);
          run += 1;
          const documents = all.map((one, n) =>
            document(`${n}`, one.text, { channel_id: channels[one.channel]!, rev: 2 }),
          );
          const earlier = all.flatMap((one, n) =>
            one.earlier === null ? [] : [document(`${n}`, one.earlier, { channel_id: channels[one.channel]! })],
          );
          await index.index([...earlier, ...documents]);
          const channel_ids = channels.slice(0, 2);
          const readable = documents.filter(({ channel_id }) => channel_ids.includes(channel_id));
          const expected = modelScores(readable, words);
          const { hits, total } = await index.search(query(words.join(' '), { sort: 'relevance', channel_ids }));
          assert.equal(total, expected.size);
          assert.equal(hits.length, expected.size);
          for (const [n, { channel_id, message_id, score }] of hits.entries()) {
            const wanted = expected.get(`${channel_id}/${message_id}`)!;
            // An engine may reckon in 32 bits.
            assert.ok(Math.abs(score - wanted) < 1e-5 * Math.max(1, wanted), `${score} for ${wanted}`);
            assert.ok(n === 0 || score <= hits[n - 1]!.score);
          }
        },
      ),
      { numRuns: 30 },
    );
    await close();
  });
}
