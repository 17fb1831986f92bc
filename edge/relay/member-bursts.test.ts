import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { OutboxRow } from '../../platform/directory/port.ts';
import { MemberBursts, type Sending } from './member-bursts.ts';

const reply = { gateway: '0', epoch: 1, request: 7 };

function row(change_id: number, change: 'joined' | 'left' | 'channel', person: string, more: object = {}): OutboxRow {
  return {
    ...{ workspace_id: 'w', channel_id: 'c', actor_id: person, reply_to: null, trace_id: '' },
    change: { change_id, change_ids: [], change, user_ids: person === '' ? [] : [person], channel: null, region: null },
    ...more,
  };
}

const everywhere = () => true;
const shapes = (sendings: Sending[]) =>
  sendings.map(({ row: { change } }) => [change.change, change.user_ids.join(), change.change_id]);

describe('changes of a large channel’s members', () => {
  it('that come within a second are one, once it is over', () => {
    const bursts = new MemberBursts();
    const rows = [row(1, 'joined', 'ann')];
    assert.deepEqual(bursts.due(rows, everywhere, { now: 5000, isFull: false }), []);
    rows.push(row(2, 'joined', 'bob'), row(3, 'joined', 'eve'));
    assert.deepEqual(bursts.due(rows, everywhere, { now: 5999, isFull: false }), []);
    const [only, ...more] = bursts.due(rows, everywhere, { now: 6000, isFull: false });
    assert.equal(more.length, 0);
    assert.deepEqual(only!.change_ids, [1, 2, 3]);
    const { change_id, change_ids, user_ids } = only!.row.change;
    assert.deepEqual(
      { change_id, change_ids, user_ids },
      { change_id: 3, change_ids: [1, 2, 3], user_ids: ['ann', 'bob', 'eve'] },
    );
    assert.equal(only!.row.actor_id, '');
    // The next burst has a second of its own.
    assert.deepEqual(bursts.due([row(4, 'left', 'ann')], everywhere, { now: 6001, isFull: false }), []);
  });

  it('keep their order: those who leave again, and what else changes', () => {
    const bursts = new MemberBursts();
    const rows = [row(1, 'joined', 'ann'), row(2, 'left', 'ann'), row(3, 'joined', 'bob'), row(4, 'joined', 'ann')];
    bursts.due(rows, everywhere, { now: 0, isFull: false });
    const due = bursts.due([...rows, row(5, 'channel', '')], everywhere, { now: 1, isFull: false });
    assert.deepEqual(shapes(due), [
      ['joined', 'ann', 1],
      ['left', 'ann', 2],
      ['joined', 'bob,ann', 4],
      ['channel', '', 5],
    ]);
  });

  it('go at once where somebody waits for them, or more lie behind them', () => {
    const bursts = new MemberBursts();
    const waited = [row(1, 'joined', 'ann'), row(2, 'joined', 'bob', { reply_to: reply }), row(3, 'joined', 'eve')];
    assert.deepEqual(shapes(bursts.due(waited, everywhere, { now: 0, isFull: false })), [
      ['joined', 'ann', 1],
      ['joined', 'bob', 2],
      ['joined', 'eve', 3],
    ]);
    const full = [row(4, 'joined', 'ann'), row(5, 'joined', 'bob')];
    assert.deepEqual(shapes(bursts.due(full, everywhere, { now: 0, isFull: true })), [['joined', 'ann,bob', 5]]);
  });

  it('of other channels wait for nothing', () => {
    const rows = [row(1, 'joined', 'ann'), row(2, 'joined', 'bob')];
    const due = new MemberBursts().due(rows, () => false, { now: 0, isFull: false });
    assert.deepEqual(shapes(due), [
      ['joined', 'ann', 1],
      ['joined', 'bob', 2],
    ]);
  });

  it('are all sent, once and in order, at most 1,000 people at a time', () => {
    const change = fc.record({
      kind: fc.constantFrom('joined' as const, 'joined' as const, 'left' as const, 'channel' as const),
      people: fc.integer({ min: 1, max: 700 }),
      waited: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const rows = changes.map(({ kind, people, waited }, at) => {
          const made = row(at + 1, kind, 'x', { reply_to: waited ? reply : null });
          const user_ids = kind === 'channel' ? [] : Array.from({ length: people }, (_, i) => `${at}-${i}`);
          return { ...made, change: { ...made.change, user_ids } };
        });
        const due = new MemberBursts().due(rows, everywhere, { now: 0, isFull: true });
        assert.deepEqual(
          due.flatMap(({ change_ids }) => change_ids),
          rows.map(({ change }) => change.change_id),
        );
        const told = due.flatMap(({ row: { change } }) => change.user_ids.map((id) => [change.change, id]));
        assert.deepEqual(
          told,
          rows.flatMap(({ change }) => change.user_ids.map((id) => [change.change, id])),
        );
        for (const {
          row: { change, reply_to },
          change_ids,
        } of due) {
          assert.ok(change.user_ids.length <= 1000);
          assert.equal(change.change_id, change_ids.at(-1));
          if (change_ids.length > 1) assert.equal(reply_to, null);
        }
        assert.equal(
          due.filter(({ row: { reply_to } }) => reply_to).length,
          rows.filter(({ reply_to }) => reply_to).length,
        );
      }),
    );
  });
});
