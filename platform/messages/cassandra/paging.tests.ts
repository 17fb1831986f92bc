import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import cassandra from 'cassandra-driver';
import fc from 'fast-check';
import type { Message } from '../../../schemas/generated/types.ts';
import type { Codec } from '../../schemas/codec.ts';
import { fixture } from '../fixture.ts';
import type { HistoryRequest, MessageStore, RowWrite } from '../port.ts';
import type { CassandraOptions } from './session.ts';
import { openCassandraMessages } from './store.ts';

const ten_days_ms = 864_000_000;

/** The `n`th id of a slice of ten days. */
const idOf = (slice: number, n: number): string => String((BigInt(slice * ten_days_ms + 1) << 22n) + BigInt(n));

function row(workspace_id: string, message_id: string, seq: number, change: Partial<Message> = {}): RowWrite {
  return { kind: 'message', workspace_id, channel_id: 'c', message: fixture(message_id, seq, change) };
}

/** Buckets: when they close, who knows them, and pages that lie in many. */
export function pagingTests(codec: Codec, keyspace: () => { options: CassandraOptions; drop(): Promise<void> }): void {
  describe('cassandra: buckets', () => {
    const withStore = (run: (store: MessageStore, options: CassandraOptions) => Promise<void>) => async () => {
      const { options, drop } = keyspace();
      const store = await openCassandraMessages(options, codec);
      try {
        await run(store, options);
      } finally {
        await store.close();
        await drop();
      }
    };

    it(
      'a bucket closes after ten days or 50,000 rows, and pages go over its end',
      withStore(async (store, options) => {
        const channel = { workspace_id: 'w', channel_id: 'c' };
        const places: [slice: number, seq: number][] = [
          [1, 49_998],
          [1, 49_999],
          [1, 50_000],
          [1, 50_001],
          [2, 50_002],
          [9, 50_003],
        ];
        await store.write(places.map(([slice, seq]) => row('w', idOf(slice, seq), seq)));
        assert.deepEqual(await bucketsOf(options, 'w'), ['9/1', '2/1', '1/1', '1/0']);
        const seqs = async (request: HistoryRequest) => {
          const { messages, has_more_before, has_more_after } = await store.history(channel, request);
          return [messages.map(({ seq }) => seq - 49_997), has_more_before, has_more_after];
        };
        assert.deepEqual(await seqs({ newest: true, limit: 3 }), [[4, 5, 6], true, false]);
        assert.deepEqual(await seqs({ before: idOf(1, 50_001), limit: 2 }), [[2, 3], true, true]);
        assert.deepEqual(await seqs({ after: idOf(1, 49_998), limit: 3 }), [[2, 3, 4], true, true]);
        assert.deepEqual(await seqs({ around: idOf(2, 50_002), limit: 4 }), [[3, 4, 5, 6], true, false]);
        for (const [slice, seq] of places)
          assert.equal((await store.message(channel, idOf(slice, seq)))?.seq, seq, 'by its id, without its number');
      }),
    );

    it(
      'a second writer, and a late one, leave the lowest id of a bucket as it is',
      withStore(async (store, options) => {
        const channel = { workspace_id: 'w', channel_id: 'c' };
        await store.write([row('w', idOf(1, 5), 5)]);
        const other = await openCassandraMessages(options, codec);
        await other.write([row('w', idOf(1, 9), 9), row('w', idOf(1, 2), 2)]);
        await store.write([row('w', idOf(1, 7), 7), row('w', idOf(1, 5), 5)]);
        await other.close();
        for (const seq of [2, 5, 7, 9]) assert.equal((await store.message(channel, idOf(1, seq)))?.seq, seq);
        const { messages } = await store.history(channel, { after: '0', limit: 9 });
        assert.deepEqual(
          messages.map(({ seq }) => seq),
          [2, 5, 7, 9],
        );
      }),
    );

    it(
      'pages, points and a scan over any buckets, imported ones between them, are those of one sorted list',
      withStore(async (store) => {
        let run = 0;
        const stories = fc.array(
          fc.record({
            later: fc.constantFrom(0, 0, 0, 1, 3),
            jump: fc.constantFrom(1, 1, 1, 50_000),
            imported: fc.boolean(),
          }),
          { minLength: 1, maxLength: 70 },
        );
        const requests = fc.array(
          fc.record({
            way: fc.constantFrom('before', 'after', 'around'),
            at: fc.nat(80),
            limit: fc.integer({ min: 1, max: 30 }),
          }),
          { minLength: 10, maxLength: 10 },
        );
        await fc.assert(
          fc.asyncProperty(stories, requests, async (story, asked) => {
            const workspace_id = `p${run++}`;
            const channel = { workspace_id, channel_id: 'c' };
            let [slice, seq] = [1, 0];
            const rows = story.map(({ later, jump, imported }, i) => {
              slice += later;
              seq += jump;
              // An import's ids lie anywhere in the past of the channel.
              const id = imported ? idOf(1 + ((i * 7) % slice), 1000 - i) : idOf(slice, 2000 + i);
              return row(workspace_id, id, seq, { imported });
            });
            await store.write(rows);
            const sorted = rows
              .map((one) => (one as { message: Message }).message)
              .sort((a, b) => (BigInt(a.message_id) < BigInt(b.message_id) ? -1 : 1));
            const ids = sorted.map(({ message_id }) => message_id);
            for (const { way, at, limit } of asked) {
              const i = at % ids.length;
              // Around one near the end the page is filled from before it.
              const middle = Math.min(i - Math.floor(limit / 2), ids.length - limit);
              const from = way === 'before' ? i - limit : way === 'after' ? i + 1 : middle;
              const start = Math.max(0, from);
              const end = way === 'before' ? i : Math.min(ids.length, start + limit);
              const read = await store.history(channel, { [way]: ids[i]!, limit } as unknown as HistoryRequest);
              assert.deepEqual(
                read.messages.map(({ message_id }) => message_id),
                ids.slice(start, end),
              );
              assert.deepEqual([read.has_more_before, read.has_more_after], [start > 0, end < ids.length]);
            }
            assert.equal((await store.messages(channel, ids)).length, ids.length);
          }),
          { numRuns: 30 },
        );
        const seen = new Set<string>();
        let count = 0;
        for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
          const page: Awaited<ReturnType<MessageStore['scan']>> = await store.scan(cursor, 7);
          for (const { workspace_id, message } of page.messages) seen.add(`${workspace_id}/${message.message_id}`);
          count += page.messages.length;
          cursor = page.cursor;
        }
        assert.equal(count, seen.size, 'no message twice');
        assert.ok([...seen].some((one) => one.startsWith(`p${run - 1}/`)));
      }),
    );
  });
}

async function bucketsOf({ contactPoints, localDataCenter, keyspace }: CassandraOptions, workspace: string) {
  const client = new cassandra.Client({ contactPoints, localDataCenter, keyspace });
  const { rows } = await client.execute('SELECT slice, part FROM buckets WHERE workspace_id = ? AND channel_id = ?', [
    workspace,
    'c',
  ]);
  await client.shutdown();
  return rows.map((bucket) => `${bucket['slice']}/${bucket['part']}`);
}
