import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { MemoryLog } from '../../platform/log/memory.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import { MemoryState } from '../../platform/state/memory.ts';
import type { StatePartition } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import { systemClock } from '../clock.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { Snapshots } from './snapshots.ts';

const place = { name: 'messages/sequence', partition: 3 };
const { signal } = new AbortController();

/** Two machines over one log: offsets are shared, states are not. */
async function machines() {
  const log = new MemoryLog(fileCodec(), () => 0);
  const offsets = new Map<string, number>();
  let ids = 0;
  const machine = () => {
    const store = new MemoryState();
    const state = store.open(place.name, place.partition);
    const units: Units = {
      commit: async (unit) => {
        store.write(unit.state);
        for (const { consumer, partition, offset } of unit.offsets) offsets.set(`${consumer}/${partition}`, offset);
        return log.append(unit.appends);
      },
      offset: async (consumer, partition) => offsets.get(`${consumer}/${partition}`),
    };
    const set = (rows: { [row: string]: unknown }, next: number): void => {
      const writes = Object.entries(rows).map(([key, value]) => ({ state: state.id, table: 'heads', key, value }));
      store.write([...writes, { state: state.id, table: '_own', key: 'fold', value: { next, origin: next * 2 } }]);
    };
    return { store, state, set, snapshots: new Snapshots({ log, units }, () => `id-${++ids}`) };
  };
  const [here, there] = [machine(), machine()];
  await here.snapshots.start(4);
  await there.snapshots.start(4);
  return { log, here, there };
}

const rowsOf = (state: StatePartition) =>
  Object.fromEntries([...state.rows()].map(({ table, key, json }) => [`${table}/${key}`, json]));

describe('snapshots of states', () => {
  it('bring a state to another machine, whole, in place of what was there', async () => {
    const { here, there } = await machines();
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`channel-${i}`, [i, 'x'.repeat(200)]]));
    here.set(many, 700);
    there.set({ gone: 1, 'channel-1': 'old' }, 20);
    assert.equal(await here.snapshots.save(here.state, place), 700);
    assert.equal(await there.snapshots.newest(place), 700);
    assert.equal(await there.snapshots.load(there.state, place, signal), 700);
    assert.deepEqual(rowsOf(there.state), rowsOf(here.state));
  });

  it('are left alone where one was torn: the one before it is taken', async () => {
    const { log, here, there } = await machines();
    here.set({ a: 1 }, 10);
    await here.snapshots.save(here.state, place);
    here.set(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])), 900);
    const append = log.append.bind(log);
    let calls = 0;
    log.append = (records) => (++calls === 2 ? Promise.reject(new Error('killed')) : append(records));
    await assert.rejects(here.snapshots.save(here.state, place), /killed/);
    log.append = append;
    assert.equal(await there.snapshots.load(there.state, place, signal), 10);
    assert.deepEqual(rowsOf(there.state), { 'heads/a': '1', '_own/fold': '{"next":10,"origin":20}' });
  });

  it('are not there for a state that has none', async () => {
    const { there } = await machines();
    there.set({ a: 1 }, 10);
    assert.equal(await there.snapshots.load(there.state, place, signal), undefined);
    assert.equal(rowsOf(there.state)['heads/a'], '1');
  });

  it('take turns, so that the newest two stay under their keys', async () => {
    const { log, here } = await machines();
    for (const next of [10, 20, 30]) {
      here.set({ a: next }, next);
      await here.snapshots.save(here.state, place);
    }
    const records = await log.reader('millrace_snapshots', place.partition, 0).next(10);
    assert.deepEqual(
      records.map(({ key }) => key),
      ['messages/sequence/3/b/0', 'messages/sequence/3/a/0', 'messages/sequence/3/b/0'],
    );
  });

  it('are made once a state has changed by so much', async () => {
    const { here } = await machines();
    const ports = { state: here.store, clock: systemClock };
    const keeper = new SnapshotKeeper(here.snapshots, ports, pino({ level: 'silent' }), 100);
    const node = { kind: 'processor', id: 'sequence', state: { folds: 'events' } };
    const version = { topology: 'messages', generation: 1, plan: { nodes: [node] } } as never;
    for (const [next, made] of [
      [99, undefined],
      [100, 100],
      [199, 100],
      [200, 200],
    ] as const) {
      here.set({ a: next }, next);
      await keeper.look([{ version, partition: place.partition }]);
      assert.equal(await here.snapshots.newest(place), made, `at ${next}`);
    }
  });
});
