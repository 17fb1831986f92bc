import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MillraceError } from '../errors/error.ts';
import { Environment } from './environment.ts';
import { after, key } from './key.ts';

const rowOf = (row: number): Buffer => key('row', row);

/** Puts (a value) and removals (null) of some rows; `lands`: the next write is called after this one is on disk. */
const write = fc.record({
  changes: fc.array(fc.tuple(fc.nat(5), fc.option(fc.nat(99), { freq: 3 })), { minLength: 1, maxLength: 6 }),
  lands: fc.boolean(),
});

test('rows are as the last write has them, whichever of the writes share a commit, and after a restart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 20 }), async (writes) => {
      const folder = mkdtempSync(`${tmpdir()}/millrace-lmdb-`);
      try {
        const model = new Map<number, number>();
        let environment = Environment.open(folder);
        let table = environment.table('rows');
        const kept: Promise<void>[] = [];
        const appended: number[] = [];
        const look = (row: number): number | undefined => table.get(rowOf(row))?.[0];
        for (const { changes, lands } of writes) {
          const done = environment.write(() => {
            table.append(key('appended', appended.length), Buffer.from([appended.length]));
            appended.push(appended.length);
            for (const [row, value] of changes) {
              if (value === null) table.remove(rowOf(row));
              else table.put(rowOf(row), Buffer.from([value]));
            }
          });
          for (const [row, value] of changes) value === null ? model.delete(row) : model.set(row, value);
          for (let row = 0; row <= 5; row++) assert.equal(look(row), model.get(row), 'seen at once');
          if (lands) {
            await done;
            for (let row = 0; row <= 5; row++)
              assert.equal(table.committed(rowOf(row))?.[0], model.get(row), 'on disk');
          } else kept.push(done);
        }
        await Promise.all(kept);
        assert.equal(environment.isOnDisk, true);
        await environment.close();
        environment = Environment.open(folder);
        table = environment.table('rows');
        const found = Array.from(table.range({ start: key('row'), end: after(key('row')) }), ({ value }) => value[0]!);
        const wanted = [...model].sort(([a], [b]) => a - b).map(([, value]) => value);
        assert.deepEqual(found, wanted);
        const others = table.range({ start: key('appended'), end: after(key('appended')) });
        assert.deepEqual(
          Array.from(others, ({ value }) => value[0]!),
          appended,
        );
        await environment.close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});

test('a write that throws changes nothing, and the others of its commit are kept', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-lmdb-`);
  const environment = Environment.open(folder);
  const table = environment.table('rows');
  const before = environment.write(() => table.put(rowOf(1), Buffer.from([1])));
  const refused = environment.write(() => {
    throw new Error('no');
  });
  const behind = environment.write(() => table.put(rowOf(2), Buffer.from([2])));
  await assert.rejects(refused, /no/);
  await Promise.all([before, behind]);
  assert.deepEqual([table.committed(rowOf(1))?.[0], table.committed(rowOf(2))?.[0]], [1, 2]);
  assert.throws(() => table.put(rowOf(3), Buffer.from([3])), /only be changed inside/);
  await environment.close();
  rmSync(folder, { recursive: true });
});

test('lazy writes wait for others to share a commit with, and are on disk after a close', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-lmdb-`);
  const environment = Environment.open(folder);
  const table = environment.table('rows');
  let lazily = false;
  void environment
    .write(() => table.put(rowOf(1), Buffer.from([1])), { lazy: true })
    .then(() => {
      lazily = true;
    });
  await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
  assert.equal(lazily, false);
  await environment.write(() => table.put(rowOf(2), Buffer.from([2])));
  assert.equal(lazily, true);
  void environment.write(() => table.put(rowOf(3), Buffer.from([3])), { lazy: true });
  await environment.close();
  const again = Environment.open(folder);
  assert.equal(again.table('rows').count({ start: key('row'), end: after(key('row')) }), 3);
  await again.close();
  rmSync(folder, { recursive: true });
});

test('rows may be removed while they are gone through', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-lmdb-`);
  const environment = Environment.open(folder);
  const table = environment.table('rows');
  const all = { start: key('row'), end: after(key('row')) };
  await environment.write(() => {
    for (let row = 0; row < 50; row++) table.put(rowOf(row), Buffer.from([row]));
  });
  await environment.write(() => {
    for (const { key: at, value } of table.range(all)) if (value[0]! % 2 === 0) table.remove(at);
  });
  const left = Array.from(table.range(all), ({ value }) => value[0]!);
  assert.deepEqual(
    left,
    Array.from({ length: 25 }, (_, n) => 2 * n + 1),
  );
  await environment.close();
  rmSync(folder, { recursive: true });
});

test('writes that wait for a disk which stands still are bounded, and those past that refused', async () => {
  const folder = mkdtempSync(`${tmpdir()}/millrace-lmdb-`);
  const environment = Environment.open(folder, { mostWaiting: 3 });
  const table = environment.table('rows');
  const put = (row: number) => environment.write(() => table.put(rowOf(row), Buffer.from([row])));
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map(put));
  assert.deepEqual(
    all.map((one) => (one.status === 'fulfilled' ? 'kept' : (one.reason as MillraceError).code)),
    ['kept', 'kept', 'kept', 'unavailable', 'unavailable'],
  );
  assert.equal(table.get(rowOf(3)), undefined);
  await put(4);
  assert.equal(table.committed(rowOf(4))?.[0], 4);
  await environment.close();
  rmSync(folder, { recursive: true });
});
