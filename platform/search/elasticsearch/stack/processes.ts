import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { document, found, refused } from '../../contract/setup.ts';
import type { StackEngine } from './engine.ts';

export function processTests(engine: StackEngine): void {
  describe('search in Elasticsearch by several processes', () => {
    it('has one first generation, however many open it at once', async () => {
      const prefix = engine.fresh();
      const opened = await Promise.all(Array.from({ length: 4 }, () => engine.open(prefix)));
      for (const index of opened)
        assert.deepEqual(
          (await index.generations()).map(({ id }) => id),
          ['1'],
        );
      await Promise.all(opened.map((index) => index.close()));
    });

    it('writes to generations that another process has begun, and knows what it promoted', async () => {
      const prefix = engine.fresh();
      const [live, replay] = await Promise.all([engine.open(prefix), engine.open(prefix)]);
      await live.index([document('1', 'word')]);
      const built = await replay.build();
      await live.index([document('2', 'word')]);
      await replay.index([document('1', 'word')], built.id);
      await replay.promote(built.id);
      await live.index([document('3', 'word')]);
      assert.deepEqual(await found(live, 'word'), ['1', '2', '3']);
      assert.equal((await live.rollback()).id, '1');
      assert.deepEqual(await found(replay, 'word'), ['1', '2', '3']);
      await Promise.all([live.close(), replay.close()]);
    });

    it('brings back no dropped generation by a late write, and gives its number to no other', async () => {
      const index = await engine.open(engine.fresh());
      const built = await index.build();
      // Refused, or written before the drop: either may come first, and neither may bring the generation back.
      const late = index.index([document('1', 'word')], built.id).catch(() => undefined);
      await index.drop(built.id);
      await late;
      await assert.rejects(index.index([document('1', 'word')], built.id), refused('not_found'));
      assert.deepEqual(
        (await index.generations()).map(({ id }) => id),
        ['1'],
      );
      assert.notEqual((await index.build()).id, built.id);
      await index.close();
    });

    it('loses no search and no document while generations are swapped under load', async () => {
      const prefix = engine.fresh();
      const [index, other] = await Promise.all([engine.open(prefix), engine.open(prefix)]);
      await index.index([document('0', 'word')]);
      let swapping = true;
      let searched = 0;
      let written = 0;
      const searches = Array.from({ length: 4 }, async () => {
        while (swapping) {
          const before = written;
          const { total } = await other.search({
            workspace_id: 'w',
            channel_ids: ['C1'],
            terms: [{ kind: 'word', word: 'word', excluded: false }],
            sort: searched++ % 2 === 0 ? 'relevance' : 'newest',
            limit: 1,
          });
          assert.ok(total > before, `${total} found, ${before} were written`);
        }
      });
      const writes = (async () => {
        while (swapping) {
          await other.index([document(`${written + 1}`, 'word')]);
          written++;
        }
      })();
      try {
        for (let n = 0; n < 6; n++) {
          const built = await index.build();
          const upTo = written + 1;
          const scan = Array.from({ length: upTo + 1 }, (_, at) => document(`${at}`, 'word'));
          for (let from = 0; from < scan.length; from += 1_000)
            await index.index(scan.slice(from, from + 1_000), built.id);
          await index.promote(built.id);
          if (n % 2 === 1) await index.rollback();
        }
      } finally {
        swapping = false;
      }
      await Promise.all([...searches, writes]);
      assert.ok(searched > 20 && written > 5, `${searched} searches, ${written} writes`);
      await Promise.all([index.close(), other.close()]);
    });
  });
}
