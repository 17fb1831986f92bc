import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { loadTopologies, readTopologies } from './load.ts';
import type { Problem } from './problem.ts';

describe('a folder of topologies', () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-topologies-`);
  after(() => rmSync(folder, { recursive: true }));
  const problemsOf = (text: string): Problem[] => {
    writeFileSync(`${folder}/a.yaml`, text);
    return loadTopologies(folder, new Map(), '/').problems;
  };

  it('that is not there, is a file, or is empty, is said to be so', () => {
    const refused: [string, RegExp][] = [
      [folder, /there are no topology files \(\*\.yaml\) in /],
      [`${folder}/none`, /there is no folder .*none/],
      [import.meta.filename, /load\.test\.ts is a file: name the folder that it lies in/],
    ];
    for (const [path, message] of refused) assert.throws(() => readTopologies(path), { code: 'not_found', message });
  });

  it('is named where its topics.yaml is missing', () => {
    const missing = problemsOf('topology: a').find(({ rule }) => rule === 'no-topics');
    assert.equal(`/${missing?.file}`, `${folder}/topics.yaml`);
  });

  it('says why a value is wrong', () => {
    const wrong: [text: string, message: RegExp][] = [
      ['topology: Ünicode\nversion: 1\nnodes: {}', /topology: must be a string like \^\[a-z\]/],
      ['topology: a\nversion: x\nnodes: {}', /version: must be an integer from 1/],
      ['topology: a\nversion: 202611301200\nnodes: {}', /version: must be an integer from 1 to 2147483647/],
      ['topology: a\n---\ntopology: b', /a file holds one document/],
    ];
    for (const [text, message] of wrong) {
      const said = problemsOf(text).map((problem) => problem.message);
      assert.ok(
        said.some((one) => message.test(one)),
        `${text}: ${said.join('; ')}`,
      );
    }
  });

  it('with a key twice in one map, wherever that is, is refused there', () => {
    const placesOf = (text: string) =>
      problemsOf(text)
        .filter(({ message }) => message === 'Map keys must be unique')
        .map(({ line, column }) => [line, column]);
    assert.deepEqual(placesOf('topology: a\nversion: 1\ntopology: b\nversion: 2\nnodes: {}'), [[3, 1]]);
    assert.deepEqual(placesOf('topology: a\nnodes:\n  b: { sink: {}, sink: {} }'), [[3, 18]]);
    assert.deepEqual(placesOf('topology: a\nnodes:\n  b: { sink: {} }\n  c: { sink: {} }'), []);
  });

  it('with more nodes than anybody means is refused at once', () => {
    const nodes = (count: number): string =>
      Array.from({ length: count }, (_, i) => `  n${i}: { sonk: {} }\n`).join('');
    const rulesOf = (count: number) =>
      problemsOf(`topology: a\nversion: 1\nnodes:\n${nodes(count)}`).filter(({ rule }) => rule !== 'no-topics');
    assert.deepEqual(new Set(rulesOf(1000).map(({ rule }) => rule)), new Set(['node-kind']));
    assert.deepEqual(
      rulesOf(20_000).map(({ rule, line, message }) => [rule, line, message]),
      [['too-many-nodes', 3, 'a topology has at most 1000 nodes, and this one 20000']],
    );
  });

  it('with aliases that would become gigabytes is refused, and its line shown', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [one, next] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'])
      lines.push(`${next}: &${next} [${Array(10).fill(`*${one}`).join(', ')}]`);
    const [problem] = problemsOf(lines.join('\n')).filter(({ rule }) => rule === 'yaml-syntax');
    assert.match(problem!.message, /alias/);
    assert.equal(`/${problem!.file}`, `${folder}/a.yaml`);
  });
});
