import assert from 'node:assert/strict';
import { it } from 'node:test';
import { document, found, type Open, query } from './setup.ts';

export function matchContract(open: Open): void {
  it('matches whole words, phrases and prefixes, without case and accents', async () => {
    const { index, close } = await open();
    await index.index([
      document('1', 'The Café is OPEN, and the deployment failed'),
      document('2', 'open the cafeteria; deploy again'),
      document('3', 'Straße in İstanbul, ΟΔΟΣ'),
      document('4', "it's snake_case, don't!"),
    ]);
    assert.deepEqual(await found(index, 'cafe'), ['1']);
    assert.deepEqual(await found(index, 'CAFÉ*'), ['1', '2']);
    assert.deepEqual(await found(index, 'open'), ['1', '2']);
    assert.deepEqual(await found(index, 'open deployment'), ['1']);
    assert.deepEqual(await found(index, 'open -deployment'), ['2']);
    assert.deepEqual(await found(index, 'open -deploy*'), []);
    assert.deepEqual(await found(index, '"the deployment"'), ['1']);
    assert.deepEqual(await found(index, '"deployment the"'), []);
    assert.deepEqual(await found(index, 'open -"the cafeteria"'), ['1']);
    assert.deepEqual(await found(index, '-open'), ['3', '4']);
    assert.deepEqual(await found(index, 'STRASSE istanbul οδός'), ['3']);
    assert.deepEqual(await found(index, 'snake_case'), ['4']);
    assert.deepEqual(await found(index, "don't"), ['4']);
    assert.deepEqual(await found(index, 'or'), []);
    await close();
  });

  it('matches Chinese, Japanese, Korean and Thai by their words', async () => {
    const { index, close } = await open();
    await index.index([
      document('zh', '我们明天在北京开会'),
      document('ja', '東京都に住んでいます'),
      document('ko', '한국어 문장을 검색합니다'),
      document('th', 'ภาษาไทยเป็นภาษาที่สวย'),
    ]);
    assert.deepEqual(await found(index, '北京'), ['zh']);
    assert.deepEqual(await found(index, '東京'), ['ja']);
    assert.deepEqual(await found(index, '京'), []);
    assert.deepEqual(await found(index, '한국어'), ['ko']);
    assert.deepEqual(await found(index, 'ภาษา'), ['th']);
    await close();
  });

  it('filters by author, time and link, with or without words', async () => {
    const { index, close } = await open();
    await index.index([
      document('1', 'see https://x.example/a', { created_at: 1_000 }),
      document('2', 'see this', { user_id: 'bob', created_at: 2_000 }),
      document('3', 'HTTP://Y.example', { user_id: 'cem', created_at: 3_000 }),
    ]);
    assert.deepEqual(await found(index, '', { has_link: true }), ['1', '3']);
    assert.deepEqual(await found(index, 'see', { has_link: true }), ['1']);
    assert.deepEqual(await found(index, '', { from: ['ann', 'bob'] }), ['1', '2']);
    assert.deepEqual(await found(index, '', { from: [] }), []);
    assert.deepEqual(await found(index, '', { after: 1_000 }), ['2', '3']);
    assert.deepEqual(await found(index, '', { before: 3_000 }), ['1', '2']);
    assert.deepEqual(await found(index, '', { after: 1_000, before: 3_000, sort: 'relevance' }), ['2']);
    await close();
  });

  it('finds nothing outside the permitted channels and the workspace, in total and score neither', async () => {
    const { index, close } = await open();
    await index.index([document('1', 'merger'), document('2', 'lunch')]);
    const alone = await index.search(query('merger', { sort: 'relevance' }));
    await index.index([
      ...Array.from({ length: 20 }, (_, n) => document(`s${n}`, 'merger merger', { channel_id: 'SECRET' })),
      ...Array.from({ length: 20 }, (_, n) => document(`${n}`, 'merger', { workspace_id: 'other' })),
    ]);
    assert.deepEqual(await index.search(query('merger', { sort: 'relevance' })), alone);
    assert.equal(alone.total, 1);
    assert.equal((await index.search(query('merger', { channel_ids: [] }))).total, 0);
    assert.equal((await index.search(query('merger', { channel_ids: ['C1', 'SECRET', 'none', 'C1'] }))).total, 21);
    assert.equal((await index.search(query('merger', { workspace_id: 'other' }))).total, 20);
    await close();
  });

  it('takes thousands of permitted channels', async () => {
    const { index, close } = await open();
    const ids = Array.from({ length: 5_000 }, (_, n) => `C${n}`);
    await index.index(ids.slice(0, 1_000).map((channel_id, n) => document(`${n}`, 'same word', { channel_id })));
    const result = await index.search(query('word', { channel_ids: ids, limit: 200 }));
    assert.deepEqual([result.total, result.hits.length], [1_000, 200]);
    await close();
  });

  it('suggests a likely spelling that the permitted channels hold, only for a word that matches nothing', async () => {
    const { index, close } = await open();
    await index.index([
      document('1', 'deployment of the gateway'),
      document('2', 'acquisition', { channel_id: 'SECRET' }),
    ]);
    const suggested = async (text: string, channel_ids = ['C1']) =>
      (await index.search(query(text, { channel_ids }))).suggestion;
    assert.equal(await suggested('deploymnet'), 'deployment');
    assert.equal(await suggested('of'), undefined);
    assert.equal(await suggested('dep'), undefined);
    assert.equal(await suggested('gatewya'), 'gateway');
    assert.equal(await suggested('deplomnet'), 'deployment');
    assert.equal(await suggested('eployment'), 'deployment');
    assert.equal(await suggested('deployment'), undefined);
    assert.equal(await suggested('xyzzy'), undefined);
    assert.equal(await suggested('aquisition'), undefined);
    assert.equal(await suggested('aquisition', ['C1', 'SECRET']), 'acquisition');
    await close();
  });
}
