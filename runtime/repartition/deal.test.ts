import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { channelKey, partitionOf } from '../../platform/keys.ts';
import sequence from '../../processors/sequence/index.ts';
import { Dealer, type DealtRow } from './deal.ts';

const moves = sequence.moves!;

const id = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const channel = fc.tuple(id, id).map(([workspace, name]) => channelKey(workspace, name));
/** A row as the sequencer's state has it, with the channel whose it is. */
const row = fc
  .record({
    channel,
    rest: fc.tuple(id, id),
    table: fc.constantFrom('heads', 'sent@20701', 'sent@20702', 'threads@20702', 'changed@20701'),
    value: fc.nat(),
  })
  .map(({ channel: home, rest, table, value }): DealtRow & { home: string } => {
    const own = table.startsWith('sent') ? `\0${rest.join('\0')}` : table === 'heads' ? '' : `\0${rest[0]}`;
    return { home, table, key: `${home}${own}`, value };
  });

/** The old partitions' rows, each where its channel lies, with their clocks and slices. */
function statesOf(rows: (DealtRow & { home: string })[], partitions: number): DealtRow[][] {
  const states = Array.from({ length: partitions }, (_, partition): DealtRow[] => [
    { table: 'clock', key: 'last', value: String(2n ** 60n + BigInt(partition)) },
    { table: '_own', key: 'fold', value: { next: 7, origin: 3 } },
    { table: '_slices', key: 'sent', value: partition % 2 ? [20701, 20702] : [20699, 20700, 20701] },
  ]);
  for (const { home, ...rest } of rows) states[partitionOf(home, partitions)]!.push(rest);
  return states;
}

describe('rows of a state that goes to more partitions', () => {
  it('land each in the partition of its channel, none lost and none twice', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ table, key }) => `${table}\0${key}`, maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (rows, old, more) => {
          const dealer = new Dealer(moves, old + more);
          const landed: string[] = [];
          for (const state of statesOf(rows, old))
            for (const one of state) {
              const home = dealer.take(one);
              if (home !== undefined) landed.push(JSON.stringify([home, one]));
            }
          const wanted = rows.map(({ home, ...rest }) => JSON.stringify([partitionOf(home, old + more), rest]));
          assert.deepEqual(landed.sort(), wanted.sort());
          const merged = dealer.merged();
          assert.deepEqual(
            merged.find(({ table }) => table === 'clock'),
            { table: 'clock', key: 'last', value: String(2n ** 60n + BigInt(old - 1)) },
          );
          const slices = old > 1 ? [20699, 20700, 20701, 20702] : [20699, 20700, 20701];
          assert.deepEqual(
            merged.find(({ table }) => table === '_slices'),
            { table: '_slices', key: 'sent', value: slices },
          );
          assert.equal(merged.length, 2, 'how far the old folds had come goes nowhere');
        },
      ),
    );
  });
});
