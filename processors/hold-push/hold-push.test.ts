import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Input, State } from '../../runtime/processor.ts';
import type { PushDue } from '../../schemas/generated/types.ts';
import { DueList, mergeDue } from './due.ts';
import processor from './index.ts';

/** A state of which nothing expires. */
function rows(known = new Map<string, unknown>()): State {
  return {
    get: (table, key) => structuredClone(known.get(`${table} ${key}`)),
    set: (table, key, value) =>
      void (value === undefined
        ? known.delete(`${table} ${key}`)
        : known.set(`${table} ${key}`, structuredClone(value))),
  };
}

const act = fc.record({
  after_ms: fc.constantFrom(0, 0, 1, 400, 1000, 2500, 5000, 31_000),
  kind: fc.constantFrom('candidate', 'candidate', 'read', 'tick'),
  user: fc.constantFrom('ann', 'bob'),
  channel: fc.constantFrom('C1', 'C2'),
  /** Of a read: how far back from the newest. */
  back: fc.nat(3),
});

/** What a plain reader of the rules would do, looking through all that waits each time. */
class Plain {
  readonly told: string[] = [];
  private readonly waiting = new Map<string, { due: number; revs: number[] }>();
  private readonly shown = new Map<string, { rev: number; at: number }>();

  candidate(key: string, rev: number, now: number): void {
    const known = this.waiting.get(key);
    if (known) known.revs.push(rev);
    else {
      const due = Math.max(now + 5000, (this.shown.get(key)?.at ?? 0) + 30_000);
      this.waiting.set(key, { due, revs: [rev] });
    }
  }

  read(key: string, upTo: number): void {
    const known = this.waiting.get(key);
    if (known) {
      known.revs = known.revs.filter((rev) => rev > upTo);
      if (known.revs.length === 0) this.waiting.delete(key);
    }
    const shown = this.shown.get(key);
    if (shown && shown.rev <= upTo) {
      this.shown.delete(key);
      this.told.push(`clear ${key} ${shown.rev} 0`);
    }
  }

  /** Times of record are looked at by the second. */
  release(now: number): void {
    for (const [key, { due, revs }] of this.waiting) {
      if (Math.ceil(due / 1000) * 1000 > now) continue;
      this.waiting.delete(key);
      // Each third is suppressed: it is not shown, and holds nothing back.
      if (revs.at(-1)! % 3 !== 0) this.shown.set(key, { rev: revs.at(-1)!, at: now });
      this.told.push(`show ${key} ${revs.at(-1)!} ${revs.length}`);
    }
  }
}

test('holds, gathers, drops and clears as a plain reader of its rules would', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const state = rows();
      const step = processor.create({ 'grace-seconds': 5, 'burst-seconds': 30 });
      const plain = new Plain();
      const told: string[] = [];
      let now = Date.UTC(2026, 10, 25);
      let rev = 0;
      for (const { after_ms, kind, user, channel, back } of [...acts, ...Array(3).fill(last)]) {
        now += after_ms;
        const key = `${user} ${channel}`;
        const person = { workspace_id: 'w', user_id: user };
        const at = { key: '', time: now, offset: 0, partition: 0 };
        let input: Input;
        if (kind === 'candidate') {
          plain.candidate(key, ++rev, now);
          const value = { ...person, channel_id: channel, message_id: String(rev), rev, seq: rev, thread_id: null };
          input = { ...at, schema: 'PushCandidate', value };
        } else if (kind === 'read') {
          plain.read(key, rev - back);
          const marker = { epoch: 0, last_read_seq: 0, last_read_rev: rev - back, since_rev: 0 };
          const body = { ReadMoved: { channel_id: channel, marker, reply_to: null, thread: null } };
          input = { ...at, schema: 'PersonEvent', value: { ...person, body } };
        } else {
          input = {
            ...at,
            schema: 'GatewayLease',
            value: { gateway: '0', epoch: 1, until: 0, held: true, holder: '' },
          };
        }
        plain.release(now);
        for (const output of step(state, input)) {
          const due = output.value as PushDue;
          if (due.kind === 'show') {
            const value = { ...due, sent: due.rev % 3 !== 0, again_at: 0 };
            assert.deepEqual(step(state, { ...at, schema: 'PushOutcome', value }), []);
          }
          told.push(`${due.kind} ${due.user_id} ${due.channel_id} ${due.rev} ${due.count}`);
        }
        // What becomes due in one second may leave in any order.
        assert.deepEqual([...told].sort(), [...plain.told].sort());
      }
    }),
    { numRuns: 500 },
  );
});
const last = { after_ms: 31_000, kind: 'tick', user: 'ann', channel: 'C1', back: 0 } as const;

const timed = fc.array(fc.record({ key: fc.nat(500).map(String), due: fc.integer({ min: 1, max: 2000 }) }), {
  maxLength: 600,
  size: 'max',
});

test('everything that is due is found in its second, and once, in chunks of any size', () => {
  fc.assert(
    fc.property(timed, fc.integer({ min: 1, max: 50 }), (added, least) => {
      const known = new Map<string, unknown>();
      const list = new DueList(rows(known));
      for (const { key, due } of added) list.add(key, due);
      const found: string[] = [];
      for (let now = 0; now <= 2000; now += 500)
        for (let keys = list.take(now, least); keys.length > 0; keys = list.take(now, least))
          found.push(...keys.map((key) => `${Math.ceil(now / 1000)} ${key}`));
      assert.deepEqual(found.sort(), added.map(({ key, due }) => `${Math.ceil(due / 1000)} ${key}`).sort());
      assert.deepEqual([...known], [['due ', []]].slice(0, added.length > 0 ? 1 : 0));
    }),
  );
});

test('lists of several partitions make one that has all of each', () => {
  fc.assert(
    fc.property(timed, timed, (one, other) => {
      const lists = [one, other].map((added) => {
        const known = new Map<string, unknown>();
        for (const { key, due } of added) new DueList(rows(known)).add(key, due);
        return known;
      });
      const merged = new Map<string, unknown>();
      for (const row of new Set(lists.flatMap((known) => [...known.keys()]))) {
        const values = lists.flatMap((known) => (known.has(row) ? [known.get(row)] : []));
        merged.set(row, mergeDue(row.slice('due '.length), values));
      }
      const keys = new DueList(rows(merged)).take(10_000, 10_000);
      assert.deepEqual(keys.sort(), [...one, ...other].map(({ key }) => key).sort());
    }),
  );
});
