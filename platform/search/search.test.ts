import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import Database from 'libsql';
import { document, found, query, refused } from './contract/setup.ts';
import { searchContract } from './contract.ts';
import { openSearch } from './sqlite.ts';

let root: string;
let folders = 0;
const freshFolder = () => `${root}/search-${folders++}`;
before(async () => {
  root = await mkdtemp(`${tmpdir()}/millrace-search-`);
});
after(() => rm(root, { recursive: true }));

searchContract('sqlite', async () => {
  const index = await openSearch({ folder: freshFolder() });
  return { index, close: () => index.close() };
});

describe('search in SQLite', () => {
  it('keeps documents and generations across a restart, and cursors too', async () => {
    const folder = freshFolder();
    const first = await openSearch({ folder });
    await first.index([document('1', 'word'), document('2', 'word'), document('3', 'word')]);
    const built = await first.build();
    const { next_cursor } = await first.search(query('word', { sort: 'relevance', limit: 2 }));
    await first.close();
    const second = await openSearch({ folder });
    assert.deepEqual(
      (await second.generations()).map(({ id, documents }) => [id, documents]),
      [
        ['1', 3],
        [built.id, 0],
      ],
    );
    assert.deepEqual(
      (await second.search(query('word', { sort: 'relevance', limit: 2, cursor: next_cursor! }))).hits.length,
      1,
    );
    await second.close();
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => /^search(-\d+)?\.(sqlite|json)$/.test(name))
        .sort(),
      ['search-1.sqlite', 'search-2.sqlite', 'search.json'],
    );
  });

  it('deletes the files of generations that are gone, and what a crash has left of one in the making', async () => {
    const folder = freshFolder();
    const first = await openSearch({ folder });
    const built = await first.build();
    await first.drop(built.id);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('search-2')),
      [],
    );
    await first.close();
    const manifest = JSON.parse(readFileSync(`${folder}/search.json`, 'utf8'));
    writeFileSync(`${folder}/search.json`, JSON.stringify({ ...manifest, creating: '3', next: 4 }));
    writeFileSync(`${folder}/search-3.sqlite`, 'half of a fi');
    const second = await openSearch({ folder });
    assert.deepEqual(
      (await second.generations()).map((generation) => generation.id),
      ['1'],
    );
    assert.ok(!readdirSync(folder).includes('search-3.sqlite'));
    assert.equal((await second.build()).id, '4');
    await second.close();
  });

  it('refuses damaged, foreign, newer and missing files, and leaves them as they are', async () => {
    const folder = freshFolder();
    const first = await openSearch({ folder });
    await first.index([document('1', 'word')]);
    await first.close();
    const file = `${folder}/search-1.sqlite`;
    copyFileSync(file, `${folder}/kept`);
    const cases: [string, RegExp, () => void][] = [
      ['newer', /newer version.*format 99/, () => edit(file, 'PRAGMA user_version = 99')],
      ['foreign', /no search index/, () => edit(file, 'PRAGMA application_id = 7')],
      ['damaged', /damaged/, () => writeFileSync(file, 'no database at all'.repeat(400))],
      ['missing', /is missing/, () => rmSync(file)],
      [
        'manifest newer',
        /search\.json was written by a newer/,
        () => writeFileSync(`${folder}/search.json`, '{"version":2}'),
      ],
      ['manifest damaged', /search\.json is damaged/, () => writeFileSync(`${folder}/search.json`, '{"version":1,')],
      ['manifest missing', /search\.json is missing/, () => rmSync(`${folder}/search.json`)],
    ];
    const manifest = readFileSync(`${folder}/search.json`);
    for (const [what, text, harm] of cases) {
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
      harm();
      await assert.rejects(openSearch({ folder }), refused('unavailable', text), what);
      copyFileSync(`${folder}/kept`, file);
      writeFileSync(`${folder}/search.json`, manifest);
    }
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    const again = await openSearch({ folder });
    assert.deepEqual(await found(again, 'word'), ['1']);
    await again.close();
  });

  it('searches while a batch is being written', async () => {
    const index = await openSearch({ folder: freshFolder() });
    await index.index([document('1', 'needle')]);
    let written = false;
    const heavy = 'many words that make a long text '.repeat(100);
    const batch = index.index(Array.from({ length: 1_000 }, (_, n) => document(`h${n}`, heavy))).then(() => {
      written = true;
    });
    assert.deepEqual(await found(index, 'needle'), ['1']);
    assert.equal(written, false);
    await batch;
    await index.close();
  });

  for (const { how, patience_ms, atOnce } of [
    { how: 'each in its own transaction', patience_ms: 0, atOnce: 1 },
    { how: 'some in one', patience_ms: 20, atOnce: 8 },
  ])
    it(`has all batches that index resolved for after a SIGKILL, ${how}`, async () => {
      const folder = freshFolder();
      const probe = new URL('./sqlite/kill-probe.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, ['--import', 'tsx', probe, folder, String(patience_ms), String(atOnce)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        if (told.split('\n').length > 20) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const kept = told.slice(0, told.lastIndexOf('\n')).split('\n');
      assert.ok(kept.length >= 20);
      const index = await openSearch({ folder });
      for (const batch of kept) assert.equal((await index.search(query(`b${batch}`))).total, 10, `batch ${batch}`);
      assert.equal((await index.search(query('word'))).total % 10, 0);
      await index.close();
    });
});

function edit(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}
