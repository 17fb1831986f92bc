import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { document, found, refused } from '../../contract/setup.ts';
import { openElasticsearch } from '../../elasticsearch.ts';
import type { StackEngine } from './engine.ts';

export function faultTests(engine: StackEngine): void {
  describe('search in Elasticsearch that fails', () => {
    it('is unavailable in time while the engine stands still, and goes on afterwards', async () => {
      const index = await engine.open(engine.fresh());
      await index.index([document('1', 'word')]);
      process.kill(engine.pid, 'SIGSTOP');
      const began = performance.now();
      try {
        await Promise.all([
          assert.rejects(found(index, 'word'), refused('unavailable')),
          assert.rejects(index.index([document('2', 'word')]), refused('unavailable')),
          assert.rejects(index.generations(), refused('unavailable')),
        ]);
        assert.ok(performance.now() - began < 7_000);
      } finally {
        process.kill(engine.pid, 'SIGCONT');
      }
      await index.index([document('2', 'word')]);
      assert.deepEqual(await found(index, 'word'), ['1', '2']);
      await index.close();
    });

    it('is unavailable where nothing listens, and refuses a prefix that can be none', async () => {
      const away = openElasticsearch({ urls: ['http://127.0.0.1:9'], prefix: 'x' });
      await assert.rejects(away, refused('unavailable'));
      await assert.rejects(engine.open('Not a prefix'), refused('config_invalid'));
    });

    it('names a document that the engine can not take, and writes the others', async () => {
      const index = await engine.open(engine.fresh());
      const broken = document('2', 'word', { user_id: 'u'.repeat(40_000) });
      await assert.rejects(
        index.index([document('1', 'word'), broken, document('3', 'word')]),
        refused('invalid_request', /\["w","C1","2"\] can't be indexed/),
      );
      await index.index([]);
      assert.deepEqual(await found(index, 'word'), ['1', '3']);
      await index.close();
    });

    it('takes ids of any length and a thousand long texts at once', async () => {
      const index = await engine.open(engine.fresh());
      const long = 'many words that make a long text '.repeat(600);
      const channel_id = 'c'.repeat(600);
      await index.index(Array.from({ length: 1_000 }, (_, n) => document(`${n}`, long, { channel_id })));
      assert.equal((await found(index, 'words', { channel_ids: [channel_id], limit: 200 })).length, 200);
      await index.close();
    });

    it('refuses a generation of another format, and serving ones that lost their alias', async () => {
      const prefix = engine.fresh();
      const index = await engine.open(prefix);
      const put = (path: string, method: string, body?: object) =>
        fetch(`${engine.url}/${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          body: body === undefined ? null : JSON.stringify(body),
        });
      await put(`${prefix}-1/_mapping`, 'PUT', { _meta: { millrace_format: 99 } });
      await assert.rejects(engine.open(prefix), refused('unavailable', /newer version.*format 99/));
      await put(`${prefix}-1/_alias/${prefix}-serving`, 'DELETE');
      await assert.rejects(engine.open(prefix), refused('unavailable', /no index has the alias/));
      await assert.rejects(found(index, 'word'), refused('unavailable'));
      await index.close();
    });
  });
}
