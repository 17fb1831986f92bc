import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment } from './environment.ts';
import { after, key } from './key.ts';
import type { Table } from './table.ts';

const rows = 200;

/** Bytes of the file after the same rows were written again and again, with a look at the table after each commit. */
async function grownTo(look: (table: Table) => unknown): Promise<number> {
  const folder = mkdtempSync(`${tmpdir()}/millrace-lmdb-`);
  const environment = Environment.open(folder);
  const table = environment.table('rows');
  for (let round = 0; round < 300; round++) {
    await environment.write(() => {
      for (let row = 0; row < rows; row++) table.put(key('a', row), Buffer.alloc(200, round));
    });
    look(table);
    // lmdb lets a transaction go with the turn of the event loop in which it was begun.
    await sleep(0);
  }
  await environment.close();
  const { size } = statSync(`${folder}/data.mdb`);
  rmSync(folder, { recursive: true });
  return size;
}

const all = { start: key('a'), end: after(key('a')) };
const few = 4 * 2 ** 20;

test('the pages of rows that were written over are used again, however one looks at a table', async () => {
  const looks: { [name: string]: (table: Table) => unknown } = {
    none: () => undefined,
    first: (table) => table.first(all),
    last: (table) => table.first({ ...all, reverse: true }),
    'first of none': (table) => table.first({ start: key('b'), end: after(key('b')) }),
    all: (table) => Array.from(table.range(all)),
    some: (table) => Array.from(table.range({ ...all, limit: 3 })),
    'until it has seen enough': (table) => {
      for (const { key: at } of table.range(all)) if (at.equals(key('a', 5))) break;
    },
    'one by key': (table) => table.committed(key('a', 1)),
    count: (table) => table.count(all),
    'as of now': (table) => Array.from(table.asOfNow(all)),
    'as of now, until it has seen enough': (table) => {
      for (const { key: at } of table.asOfNow(all)) if (at.equals(key('a', 5))) break;
    },
  };
  for (const [name, look] of Object.entries(looks)) {
    const size = await grownTo(look);
    assert.ok(size < few, `${name}: ${size} bytes`);
  }
});
