import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import type { Sqlite } from '../../worker/sqlite.ts';
import { document, query } from '../contract/setup.ts';
import { channelOf } from './document-id.ts';
import { createGeneration, openGeneration } from './generation.ts';
import { permittedOf } from './permitted.ts';
import { byTest } from './scope.ts';
import { createdWithin, latest, sinceNewest } from './window.ts';
import { write } from './write.ts';

describe('the newest documents', () => {
  let folder: string;
  let database: Sqlite;
  before(async () => {
    folder = await mkdtemp(`${tmpdir()}/millrace-window-`);
    const place = { folder, encryptionKey: undefined };
    createGeneration(place, '1');
    database = openGeneration(place, '1', false);
  });
  after(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });

  const add = (workspace_id: string, all: { channel: number; created_at: number }[]) => {
    const made = all.map(({ channel, created_at }, n) =>
      document(`${n}`, 'word', { workspace_id, channel_id: `C${channel}`, created_at }),
    );
    database.transaction(() => write({ database, numbers: new LRUCache({ max: 100 }) }, made));
  };

  it('are those of the permitted channels between two times, whether channels share a walk or not', () => {
    let run = 0;
    const said = fc.record({ channel: fc.nat({ max: 7 }), created_at: fc.nat({ max: 9 }) });
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 40 }),
        fc.uniqueArray(fc.nat({ max: 8 }), { maxLength: 8 }),
        fc.nat({ max: 9 }),
        fc.option(fc.nat({ max: 9 }), { nil: latest }),
        // From where each document weighs as much as a walk, to where thousands are passed rather than begin one.
        fc.constantFrom(1e4, 1e5, 1e6, 1e9),
        (all, channels, since, until, total) => {
          const workspace = `w${run++}`;
          add(workspace, all);
          const channel_ids = channels.map((n) => `C${n}`);
          const permitted = permittedOf(database, query('', { workspace_id: workspace, channel_ids }));
          const scope = createdWithin(database, permitted, { since, until }, { whole: byTest(permitted), total });
          assert.equal(scope.tested, null);
          const found = scope.ranges.flatMap(([first, last]) =>
            database.all<{ channel: string; message: string; permitted: number }>(
              `SELECT c.channel, d.message, c.workspace = ? AS permitted FROM documents d JOIN channels c ON c.num = ${channelOf('d.id')}
               WHERE d.id BETWEEN ? AND ? AND d.created_at BETWEEN ? AND ?`,
              [workspace, first, last, since, until],
            ),
          );
          const expected = all.flatMap(({ channel, created_at }, n) =>
            channels.includes(channel) && created_at >= since && created_at <= until ? [`C${channel}/${n}`] : [],
          );
          assert.ok(found.every((one) => one.permitted === 1));
          assert.deepEqual(found.map((one) => `${one.channel}/${one.message}`).sort(), expected.sort());
        },
      ),
      { numRuns: 150 },
    );
  });

  it('begin about where so many were created since, also when they came in another order', () => {
    const all = Array.from({ length: 6_000 }, (_, n) => ({ channel: n % 40, created_at: (n * 4_801) % 6_000 }));
    add('spread', all);
    const channel_ids = Array.from({ length: 40 }, (_, n) => `C${n}`);
    const permitted = permittedOf(database, query('', { workspace_id: 'spread', channel_ids }));
    for (const [wanted, until] of [
      [10, latest],
      [10, 3_000],
      [1_000, latest],
      [1_000, 3_000],
    ] as const) {
      const since = sinceNewest(database, permitted, wanted, until)!;
      const found = Math.min(until, 5_999) - since + 1;
      if (wanted === 10) assert.equal(found, 10);
      else assert.ok(found >= 800 && found < 1_300, `${found} instead of ${wanted}`);
    }
    assert.equal(sinceNewest(database, permitted, 5_999, latest), null);
  });
});
