import assert from 'node:assert/strict';
import { it } from 'node:test';
import { document, found, type Open, refused } from './setup.ts';

export function generationContract(open: Open): void {
  it('fills a new generation beside the serving one, promotes it, and takes it back', async () => {
    const { index, close } = await open();
    await index.index([document('1', 'old word')]);
    const [first] = await index.generations();
    assert.deepEqual(first, { id: first!.id, serving: true, documents: 1 });
    const built = await index.build();
    assert.deepEqual({ ...built, id: '' }, { id: '', serving: false, documents: 0 });
    await index.index([document('1', 'new word')], built.id);
    await index.index([document('2', 'live word')]);
    assert.deepEqual(await found(index, 'word'), ['1', '2']);
    assert.deepEqual(await found(index, 'new'), []);
    await index.promote(built.id);
    assert.deepEqual(
      [await found(index, 'new'), await found(index, 'old'), await found(index, 'live')],
      [['1'], [], ['2']],
    );
    await index.promote(built.id);
    await index.index([document('3', 'later word')]);
    assert.equal((await index.rollback()).id, first!.id);
    assert.deepEqual(
      [await found(index, 'old'), await found(index, 'new'), await found(index, 'later')],
      [['1'], [], ['3']],
    );
    await assert.rejects(index.rollback(), refused('conflict'));
    await close();
  });

  it('has one generation in the making: a second build drops the first', async () => {
    const { index, close } = await open();
    const one = await index.build();
    const two = await index.build();
    assert.notEqual(one.id, two.id);
    assert.deepEqual((await index.generations()).map((generation) => generation.serving).sort(), [false, true]);
    await assert.rejects(index.index([document('1', 'x')], one.id), refused('not_found'));
    await assert.rejects(index.promote(one.id), refused('not_found'));
    await close();
  });

  it('drops any but the serving one', async () => {
    const { index, close } = await open();
    const [first] = await index.generations();
    await assert.rejects(index.drop(first!.id), refused('conflict'));
    await assert.rejects(index.drop('none'), refused('not_found'));
    const built = await index.build();
    await index.promote(built.id);
    await index.drop(first!.id);
    assert.equal((await index.generations()).length, 1);
    await assert.rejects(index.rollback(), refused('conflict'));
    await close();
  });

  it('answers searches throughout while generations change', async () => {
    const { index, close } = await open();
    await index.index([document('1', 'word')]);
    for (let n = 0; n < 4; n++) {
      const built = await index.build();
      await index.index([document('1', 'word')], built.id);
      const searches = Array.from({ length: 10 }, () => found(index, 'word'));
      const promoted = index.promote(built.id);
      searches.push(...Array.from({ length: 10 }, () => found(index, 'word')));
      await promoted;
      for (const search of searches) assert.deepEqual(await search, ['1']);
    }
    await close();
  });
}
