import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import cassandra from 'cassandra-driver';
import { MillraceError } from '../../errors/error.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { RowWrite } from '../port.ts';
import { openCassandraMessages } from './store.ts';
import type { startCassandra } from './testing.ts';

const channel = { workspace_id: 'w', channel_id: 'c' };
const head = (rev: number): RowWrite => ({ kind: 'head', ...channel, head: { rev, seq: 0 } });
const joined = (rev: number): RowWrite => {
  const body = { MembersChanged: { kind: 'joined' as const, user_ids: ['ann'], change_id: rev } };
  return { kind: 'event', ...channel, rev, event: { body } };
};
const isCode = (code: string) => (error: unknown) => error instanceof MillraceError && error.code === code;

/** What happens while the node does not answer, when events expire, and to a keyspace of another version. */
export function faultTests(codec: Codec, engine: ReturnType<typeof startCassandra>): void {
  describe('cassandra: faults', () => {
    it('a node that is held up means `unavailable` within the deadline; then it goes on by itself', async () => {
      const { options, drop } = engine.keyspace();
      const store = await openCassandraMessages(options, codec);
      try {
        await store.write([head(1)]);
        engine.signal('SIGSTOP');
        // Its threads stop one by one.
        await after(500);
        const since = Date.now();
        try {
          await Promise.all([
            assert.rejects(store.write([head(2)]), isCode('unavailable')),
            assert.rejects(store.head(channel), isCode('unavailable')),
            assert.rejects(store.history(channel, { newest: true, limit: 5 }), isCode('unavailable')),
          ]);
        } finally {
          engine.signal('SIGCONT');
        }
        assert.ok(Date.now() - since < 5_500, `told after ${Date.now() - since} ms`);
        await untilAnswers(() => store.write([head(3)]));
        assert.deepEqual(await store.head(channel), { rev: 3, seq: 0 });
        // What was refused may have been written after all, or be written late.
        await store.write([head(2)]);
        assert.deepEqual(await store.head(channel), { rev: 3, seq: 0 });
      } finally {
        await store.close();
        await drop();
      }
    });

    it('an event that has expired is told, not skipped', async () => {
      const { options, drop } = engine.keyspace();
      const store = await openCassandraMessages({ ...options, event_ttl_s: 2 }, codec);
      try {
        await store.write([joined(1), joined(2), head(2)]);
        assert.equal((await store.eventsAfter(channel, 0, 10))?.length, 2);
        await after(3_500);
        await store.write([joined(3), head(3)]);
        assert.equal(await store.eventsAfter(channel, 0, 10), undefined);
        assert.equal((await store.eventsAfter(channel, 2, 10))?.length, 1);
      } finally {
        await store.close();
        await drop();
      }
    });

    it('a keyspace is brought to this version once, by any number at a time; a newer one is refused', async () => {
      const { options, drop } = engine.keyspace();
      const stores = await Promise.all([openCassandraMessages(options, codec), openCassandraMessages(options, codec)]);
      await stores[0].write([head(1)]);
      assert.deepEqual(await stores[1].head(channel), { rev: 1, seq: 0 });
      const again = await openCassandraMessages(options, codec);
      assert.deepEqual(await again.head(channel), { rev: 1, seq: 0 });
      const { contactPoints, localDataCenter, keyspace } = options;
      const client = new cassandra.Client({ contactPoints, localDataCenter, keyspace });
      await client.execute('INSERT INTO schema_versions (version) VALUES (99)');
      await assert.rejects(openCassandraMessages(options, codec), isCode('data_newer'));
      await assert.rejects(
        openCassandraMessages({ ...options, keyspace: 'No; name' }, codec),
        isCode('invalid_request'),
      );
      await Promise.all([client.shutdown(), again.close(), ...stores.map((store) => store.close())]);
      await drop();
    });

    it('nobody at the address means `unavailable`', async () => {
      const { options } = engine.keyspace();
      await assert.rejects(
        openCassandraMessages({ ...options, contactPoints: ['127.0.0.1:1'] }, codec),
        isCode('unavailable'),
      );
    });
  });
}

/** The driver needs a moment to connect again. */
async function untilAnswers(call: () => Promise<void>): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isCode('unavailable')(error) || Date.now() > until) throw error;
      await after(200);
    }
  }
}
