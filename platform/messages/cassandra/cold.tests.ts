import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { openObjectFolder } from '../../objects/folder/objects.ts';
import type { Codec } from '../../schemas/codec.ts';
import { archive } from '../cold/archive.ts';
import { readColdFile } from '../cold/file.ts';
import { renewStale } from '../cold/renew.ts';
import { objectOf } from '../cold/stub.ts';
import { TieredMessages } from '../cold/tiered.ts';
import { fixture } from '../fixture.ts';
import type { RowWrite } from '../port.ts';
import type { CassandraOptions } from './session.ts';
import { openCassandraMessages } from './store.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };
const never = new AbortController().signal;

/** Stubs beside bodies, which the embedded store has not: what goes cold, is written to again, and comes late. */
export function coldTests(codec: Codec, engine: { keyspace(): { options: CassandraOptions; drop(): Promise<void> } }) {
  describe('cassandra: the cold tier', () => {
    it('reads as before, goes on with changes, bears late repeats, and has objects without what was changed', async () => {
      const { options, drop } = engine.keyspace();
      const folder = await mkdtemp(`${tmpdir()}/millrace-cold-`);
      const objects = await openObjectFolder(folder);
      const hot = await openCassandraMessages(options, codec);
      const store = new TieredMessages(hot, objects, codec);
      // Ids in two slices, and a thread.
      const id = (n: number): string => String(2n ** 60n + BigInt(n) * 2n ** 55n);
      const rows = [1, 2, 3, 4].map((n): RowWrite => ({ kind: 'message', ...channel, message: fixture(id(n), n) }));
      const reply = fixture(id(5), 5, { thread_id: id(1), seq: 1 });
      const written: RowWrite[] = [
        ...rows,
        { kind: 'message', ...channel, message: reply },
        { kind: 'reply_count', ...channel, root_id: id(1), reply_count: 1 },
        { kind: 'head', ...channel, head: { rev: 5, seq: 4 } },
      ];
      await store.write(written);
      const look = async (): Promise<unknown> =>
        JSON.parse(
          JSON.stringify([
            await store.history(channel, { newest: true, limit: 9 }),
            await store.thread(channel, id(1), { limit: 9 }),
            await store.messages(channel, [id(2), id(5)]),
          ]),
        );
      const before = await look();
      const archived = async (): Promise<number> => {
        let messages = 0;
        const all = { before: Number.MAX_SAFE_INTEGER, least: 1 };
        for await (const done of archive(hot, objects, codec, all, never)) messages = done.messages;
        return messages;
      };
      assert.equal(await archived(), 5);
      assert.ok((await hot.history(channel, { newest: true, limit: 9 })).messages.every((one) => objectOf(one)));
      assert.deepEqual(await look(), before);
      // What a process that was taken for dead writes again changes nothing: no body comes back beside its stub.
      await store.write(written);
      assert.ok((await hot.history(channel, { newest: true, limit: 9 })).messages.every((one) => objectOf(one)));
      assert.deepEqual(await look(), before);
      assert.equal(await archived(), 0);

      await store.write([
        { kind: 'message', ...channel, message: fixture(id(2), 2, { rev: 6, text: 'edited' }) },
        { kind: 'message', ...channel, message: fixture(id(3), 3, { rev: 7, text: '', deleted: true }) },
      ]);
      const shown = async (): Promise<string[]> =>
        (await store.history(channel, { newest: true, limit: 9 })).messages.map(({ text }) => text);
      assert.deepEqual(await shown(), ['m1', 'edited', '', 'm4']);
      assert.ok((await renewStale({ hot, objects, codec }, never)) > 0);
      assert.deepEqual(await shown(), ['m1', 'edited', '', 'm4']);
      const said: string[] = [];
      for (const { name } of (await objects.list('', { limit: 100 })).objects)
        for (const message of (await readColdFile(name, (await objects.get(name))!, channel, codec)).values())
          said.push(message.text);
      assert.deepEqual(said.sort(), ['m1', 'm4', 'm5']);
      assert.equal(await renewStale({ hot, objects, codec }, never), 0, 'nothing is left to do');
      assert.equal(await archived(), 1, 'what was edited goes again');
      assert.deepEqual(await shown(), ['m1', 'edited', '', 'm4']);
      await hot.close();
      await objects.close();
      await rm(folder, { recursive: true });
      await drop();
    });
  });
}
