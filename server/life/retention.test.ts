import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { openEngine } from '../../platform/embedded/engine.ts';
import { after, key } from '../../platform/lmdb/key.ts';
import { fixture } from '../../platform/messages/fixture.ts';
import { of, ofPerson, type Rows } from '../../platform/messages/lmdb/rows.ts';
import type { MessageStore, RowWrite } from '../../platform/messages/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { Holds } from './holds.ts';
import type { LifeParts, Swept } from './parts.ts';
import { removeTrimmed } from './retention.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };

/** No port tells of rows that are read no more. */
function rowsOf(store: MessageStore, name: 'events' | 'channelMentions' | 'mentions'): number {
  const start = name === 'mentions' ? key(ofPerson({ workspace_id: 'w', user_id: 'ann' })) : key(of(channel));
  return [...(store as unknown as { rows: Rows }).rows[name].range({ start, end: after(start) })].length;
}

test('what lies beside trimmed messages goes with them, however much it is, and what was left before', async (t) => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-retention-`);
  const { messages: store, close } = openEngine(folder, fileCodec());
  t.after(async () => {
    await close();
    await rm(folder, { recursive: true });
  });
  const trim = { below_id: '5000', seq: 100, rev: 12_100 };
  const writes: RowWrite[] = [
    { kind: 'head', ...channel, head: { rev: 12_101, seq: 101 } },
    { kind: 'trim', ...channel, trim },
  ];
  for (let n = 1, rev = 1; n <= 101; n++) {
    const message_id = String(n > 100 ? 6000 : 1000 + n);
    const mentions = [{ user_id: 'ann', rev }];
    writes.push({ kind: 'message', ...channel, message: fixture(message_id, n, { rev, created_rev: rev, mentions }) });
    for (const user_id of ['ann', null])
      writes.push({ kind: 'mention', ...channel, user_id, rev, author_id: 'bob', alive: true, changed_rev: rev });
    for (let k = 0; k < (n > 100 ? 1 : 121); k++)
      writes.push({ kind: 'event', ...channel, rev: rev++, event: { kind: 'created', message_id, thread_id: null } });
  }
  await store.write(writes);
  const sweep = async () => {
    const directory = { trimmed: async () => ({ items: [{ ...channel, trim }], next_cursor: null }) };
    const parts = { directory, store, search: { remove: async () => undefined }, tier: undefined };
    const holds = { keep: async () => false } as unknown as Holds;
    const done = { removed: 0 } as Swept;
    for await (const _ of removeTrimmed(parts as unknown as LifeParts, holds, done, new AbortController().signal));
    return done.removed;
  };
  const left = () => (['events', 'channelMentions', 'mentions'] as const).map((name) => rowsOf(store, name));
  assert.deepEqual(left(), [12_101, 101, 101]);
  assert.equal(await sweep(), 100);
  assert.deepEqual(left(), [1, 1, 1]);

  await store.write([
    { kind: 'event', ...channel, rev: 7, event: { kind: 'created', message_id: '1001', thread_id: null } },
  ]);
  assert.equal(await sweep(), 0);
  assert.deepEqual(left(), [1, 1, 1]);
});
