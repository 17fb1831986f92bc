import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { root } from '../../config/folders.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { elements } from '../../tests/support/xml.ts';
import { changed, run, shipped } from './harness.ts';

describe('millrace test', () => {
  it('prints a line for each test, and how many there were', async () => {
    const { code, out, err } = await run(`${shipped}/read-markers.test.yaml`);
    assert.equal(code, 0);
    assert.equal(err, '');
    assert.match(out, /^ok {3}read-markers a thread's marker becomes a row.* 5 crashes\n/);
    assert.match(out, /\n5 tests, all pass; 22 runs, 17 with a crash, in [\d.]+ s$/);
  });

  it('runs what a filter names, and says so where that is nothing', async () => {
    const { code, out } = await run(shipped, '--filter', 'INDEX: reactions');
    assert.equal(code, 0);
    assert.match(out, /^ok {3}index reactions and joins change no document\n\n1 test, all pass/);
    const nothing = await run(shipped, '--filter', 'no such test');
    assert.equal(nothing.code, 5);
    assert.match(nothing.err, /no test of .* holds "no such test"/);
  });

  it('shows what is missing beside what came instead, and where it was expected', async () => {
    const folder = changed('index.test.yaml', [
      "rev: 2, text: 'hello, all', deleted: false",
      "rev: 2, text: 'hallo', deleted: false",
    ]);
    const { code, out } = await run(`${folder}/index.test.yaml`, '--filter', 'order of its revs');
    assert.equal(code, 15);
    const line =
      readFileSync(`${folder}/index.test.yaml`, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes("'hallo'")) + 1;
    assert.match(out, /^FAIL index what changes leaves in the order of its revs {2}\S*index.test.yaml:\d+\n/);
    assert.match(out, new RegExp(`\n {5}search, record 2 is not as expected {2}\\S*index.test.yaml:${line}\n`));
    assert.match(out, /\n {7}- value.text: "hallo"\n {7}\+ value.text: "hello, all"\n/);
    assert.match(out, /\n1 test, 1 failed, in [\d.]+ s$/);
  });

  it('finds what a changed topology does otherwise', async () => {
    const lost = changed('messages.yaml', ['  rows: { sink: { store: messages }, from: stored.rows }\n', '']);
    const invalid = await run(lost);
    assert.equal(invalid.code, 3);
    assert.match(
      invalid.out,
      /messages\.test\.yaml:\d+:\d+ error "messages" has no sink "rows"; it has events, answers/,
    );
    const hasty = changed('index.yaml', ['within: 500ms', 'within: 400ms']);
    const { code, out } = await run(`${hasty}/index.test.yaml`);
    assert.equal(code, 15);
    assert.match(out, /search: 1 record more than expected/);
  });

  it('writes JUnit XML that is well formed whatever a test is called', async () => {
    const folder = changed(
      'index.test.yaml',
      ['a deleted message keeps', `a <deleted> & "lost" 'message' keeps`],
      ["rev: 3, text: '', deleted: true } }] } }", "rev: 9, text: '<&>', deleted: true } }] } }"],
    );
    const { code } = await run(`${folder}/index.test.yaml`, '--junit', `${folder}/results.xml`);
    assert.equal(code, 15);
    const xml = readFileSync(`${folder}/results.xml`, 'utf8');
    assert.deepEqual(
      elements(xml)
        .filter(({ name }) => name === 'testsuite')
        .map(({ attributes }) => [attributes['tests'], attributes['failures']]),
      [['11', '1']],
    );
    const failed = elements(xml).find(({ name }) => name === 'failure');
    assert.match(failed!.attributes['message']!, /search, record 1 is not as expected/);
    const cases = elements(xml).filter(({ name }) => name === 'testcase');
    assert.ok(
      cases.some(
        ({ attributes }) => attributes['name'] === `a <deleted> & "lost" 'message' keeps a marker without its text`,
      ),
    );
  });

  describe('--watch', () => {
    let child: ChildProcess;
    after(() => void child?.kill('SIGKILL'));

    it('runs again when a file has changed', async () => {
      const folder = changed('index.test.yaml');
      const args = [`${root}cli/bin.mjs`, 'test', folder, '--watch', '--filter', 'index: a deleted'];
      child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      let err = '';
      child.stdout!.on('data', (chunk) => (out += chunk));
      child.stderr!.on('data', (chunk) => (err += chunk));
      await eventually(() => assert.match(err, /watching for changes/), 20_000);
      assert.match(out, /1 test, all pass/);
      const file = `${folder}/index.test.yaml`;
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace("rev: 3, text: '', deleted: true } }] } }", 'rev: 9 } }] } }'),
      );
      await eventually(() => assert.match(out, /1 test, 1 failed/), 20_000);
      assert.match(err, /index\.test\.yaml changed/);
    });
  });
});
