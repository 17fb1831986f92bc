import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RootDatabase } from 'lmdb';
import { Environment } from './environment.ts';
import { after, key } from './key.ts';

/** Holds the flush of the next commit back until the result is called: lmdb has committed it by then, and shows it. */
function holdFlush(environment: Environment): () => void {
  const inside = environment as unknown as { root: RootDatabase };
  const { root } = inside;
  let letGo!: () => void;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const flushed = () => Promise.all([root.flushed, held]).then(() => true);
  inside.root = new Proxy(root, {
    get: (target, name) => (name === 'flushed' ? flushed() : Reflect.get(target, name)),
  });
  return () => {
    inside.root = root;
    letGo();
  };
}

test('readers see a commit once it is flushed, and all of it then', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-visible-`);
  const environment = Environment.open(folder);
  const table = environment.table('rows');
  const all = { start: key('a'), end: after(key('a')) };
  const shown = () => ({
    committed: table.committed(key('a', 1))?.[0],
    range: Array.from(table.range(all), ({ value }) => value[0]),
    backward: Array.from(table.range({ ...all, reverse: true }), ({ value }) => value[0]),
    asOfNow: Array.from(table.asOfNow(all), ({ value }) => value[0]),
    count: table.count(all),
  });
  const put = (value: number) =>
    environment.write(() => {
      table.put(key('a', 1), Buffer.from([value]));
      table.put(key('a', 2 + value), Buffer.from([value]));
    });
  await put(0);
  const before = { committed: 0, range: [0, 0], backward: [0, 0], asOfNow: [0, 0], count: 2 };
  assert.deepEqual(shown(), before);
  const letGo = holdFlush(environment);
  const kept = put(1);
  await sleep(200);
  assert.deepEqual(shown(), before);
  assert.equal(table.get(key('a', 1))?.[0], 1, 'who changes it next builds on it');
  letGo();
  await kept;
  assert.deepEqual(shown(), { committed: 1, range: [1, 0, 1], backward: [1, 0, 1], asOfNow: [1, 0, 1], count: 3 });
  await environment.close();
  rmSync(folder, { recursive: true });
});

test('what is gone through while commits land stays as it was when that began', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-visible-`);
  const environment = Environment.open(folder);
  const table = environment.table('rows');
  const all = { start: key('a'), end: after(key('a')) };
  const put = (value: number) =>
    environment.write(() => {
      for (let row = 0; row < 50; row++) table.put(key('a', row), Buffer.from([value]));
    });
  await put(0);
  const seen: number[] = [];
  for (const { value } of table.asOfNow(all)) {
    seen.push(value[0]!);
    if (seen.length % 10 === 0) await put(seen.length);
  }
  assert.deepEqual(seen, Array(50).fill(0));
  assert.equal(table.committed(key('a', 7))?.[0], 50);
  await environment.close();
  rmSync(folder, { recursive: true });
});
