import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { openEngine } from '../embedded/engine.ts';
import { fileCodec } from '../schemas/files.ts';
import { MemoryState } from './memory.ts';
import type { StatePartition, StateWrite } from './port.ts';

const folder = mkdtempSync(`${tmpdir()}/millrace-state-`);
const engine = openEngine(folder, fileCodec());
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const memory = new MemoryState();
const stores: [name: string, open: (id: string) => StatePartition, write: (writes: StateWrite[]) => Promise<void>][] = [
  ['memory', (id) => memory.open(id, 0), async (writes) => memory.write(writes)],
  [
    'lmdb',
    (id) => engine.state.open(id, 0, { volatile: false }),
    async (state) => void (await engine.units.commit({ rows: [], appends: [], state, offsets: [], folds: [] })),
  ],
];

for (const [name, open, write] of stores) {
  describe(`the size of a state in ${name}`, () => {
    const put = (state: StatePartition, table: string, key: string, value: unknown): StateWrite => {
      return { state: state.id, table, key, value };
    };

    it('is the rows of all its tables, and of no other state', async () => {
      const state = open('t/one');
      const other = open('t/one-more');
      await write([put(state, 'a', 'x', 1), put(state, 'b', 'x', 1), put(other, 'a', 'x', 1)]);
      assert.equal(state.size(), 2);
      assert.equal(other.size(), 1);
      assert.equal(open('t/none').size(), 0);
    });

    it('follows what is written after it was asked', async () => {
      const state = open('t/two');
      assert.equal(state.size(), 0);
      await write([put(state, 'a', 'x', 1), put(state, 'a', 'x', 2), put(state, 'a', 'y', 1)]);
      assert.equal(state.size(), 2);
      await write([put(state, 'a', 'x', undefined), put(state, 'a', 'nothing', undefined), put(state, 'a', 'y', 3)]);
      assert.equal(state.size(), 1);
      assert.equal(open('t/two').size(), 1);
    });
  });
  describe(`all rows of a state in ${name}`, () => {
    it('are those of one moment, whatever is written while they are read', async () => {
      const state = open('t/three');
      const put = (table: string, key: string, value: unknown): StateWrite => ({ state: state.id, table, key, value });
      await write([put('a', 'x', { n: 1 }), put('a', 'y', 2), put('b', 'x', 3)]);
      const rows = state.rows();
      const first = rows.next().value;
      await write([put('a', 'y', undefined), put('b', 'x', 33), put('b', 'z', 4)]);
      assert.deepEqual(
        [first, ...rows],
        [
          { table: 'a', key: 'x', json: '{"n":1}' },
          { table: 'a', key: 'y', json: '2' },
          { table: 'b', key: 'x', json: '3' },
        ],
      );
      assert.deepEqual(
        [...state.rows()].map(({ table, key }) => `${table}/${key}`),
        ['a/x', 'b/x', 'b/z'],
      );
    });
  });
}
