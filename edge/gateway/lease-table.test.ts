import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lease_ms, renewal_ms } from '../../platform/leases/gateway-lease.ts';
import type { GatewayLease } from '../../schemas/generated/types.ts';
import { LeaseTable } from './lease-table.ts';

const record = (holder: string, epoch: number, held: boolean, until = 1): GatewayLease => {
  return { gateway: '0', epoch, until, holder, held };
};

describe('the table of gateway leases', () => {
  it('gives a free slot to the first who claims it', () => {
    const table = new LeaseTable();
    assert.equal(table.take(record('a', 5, false), 1000), 'accepted');
    assert.equal(table.take(record('b', 6, false), 1001), 'refused');
    assert.equal(table.take(record('a', 5, true), 1002), 'accepted');
  });

  it('gives a slot on when it was given back, at once', () => {
    const table = new LeaseTable();
    table.take(record('a', 5, true), 1000);
    assert.equal(table.take(record('b', 6, false), 1001), 'refused');
    table.take(record('a', 5, true, 0), 1002);
    assert.equal(table.take(record('b', 6, false), 1003), 'accepted');
  });

  it('gives a slot on when its lease has ended, by the records of others', () => {
    const table = new LeaseTable();
    table.take(record('a', 5, true), 1000);
    const other = { ...record('x', 1, true), gateway: '1' };
    for (let time = 1000; time <= 1000 + lease_ms + renewal_ms; time += renewal_ms) table.take(other, time);
    assert.equal(table.take(record('b', 6, false), 2000 + lease_ms + renewal_ms), 'accepted');
    assert.equal(table.take(record('b', 6, true), 2001 + lease_ms + renewal_ms), 'accepted');
    assert.equal(
      table.take(record('a', 5, true), 2002 + lease_ms + renewal_ms),
      'ended',
      'the former holder learns of it',
    );
  });

  it('ends no lease by an hour in which nobody could write', () => {
    const table = new LeaseTable();
    const other = { ...record('x', 1, true), gateway: '1' };
    table.take(record('a', 5, true), 1000);
    table.take(other, 1001);
    table.take(other, 3_600_000);
    assert.equal(table.take(record('a', 5, true), 3_600_010), 'accepted');
  });

  it('lets a process take its own slot back in its next life', () => {
    const table = new LeaseTable();
    table.take(record('a', 5, true), 1000);
    assert.equal(table.take(record('a', 6, false), 1001), 'accepted');
    assert.deepEqual(table.candidates(['1', '0'], 'a'), ['0', '1']);
  });

  it('never tells two holders at once that they hold a slot, whatever comes in which order', () => {
    const act = fc.record({
      who: fc.constantFrom('a', 'b', 'c'),
      claims: fc.boolean(),
      gap: fc.integer({ min: 1, max: 2 * lease_ms }),
      epoch: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const table = new LeaseTable();
        /** What each believes: the epoch under which it holds the slot. */
        const holds = new Map<string, number>();
        const claimed = new Map<string, number>();
        let time = 1000;
        for (const { who, claims, gap, epoch } of acts) {
          time += gap;
          const held = holds.get(who) ?? claimed.get(who);
          if (claims || held === undefined) {
            holds.delete(who);
            claimed.delete(who);
            if (table.take(record(who, epoch, false), time) === 'accepted') claimed.set(who, epoch);
            continue;
          }
          const verdict = table.take(record(who, held, true), time);
          claimed.delete(who);
          if (verdict !== 'accepted') holds.delete(who);
          else {
            // Whoever is told so under a newer epoch has outlived the others' leases, or is one of them in a next life.
            for (const [other, under] of holds) if (other !== who && under < held) holds.delete(other);
            for (const [other, under] of holds) assert.ok(other === who || under < held, 'an older epoch was accepted');
            holds.set(who, held);
          }
        }
      }),
    );
  });
});
