import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Append, Log } from '../log/port.ts';
import type { PeerLog } from './port.ts';

/** Runs over each adapter: `log` is the other region's own, with two partitions of each topic. */
export function peerLogContract(
  open: () => Promise<{ peer: PeerLog; log: Log; close(): Promise<void> }>,
  /** Records that a topic of this log keeps; undefined where a test can't have it forget any. */
  keeps: number | undefined,
): void {
  const status = (user_id: string, partition: number): Append => {
    const value = { workspace_id: 'w', user_id, status: 'away' as const, region: null };
    return { topic: 'presence_changes', partition, key: user_id, schema: 'PresenceChanged', value };
  };

  it('reads each partition in its order, from where it is asked to, once', async () => {
    const { peer, log, close } = await open();
    await log.append([status('a', 0), status('b', 1), status('c', 0)]);
    const seen: string[] = [];
    let from = [1, 0];
    for (let i = 0; seen.length < 2 && i < 20; i++) {
      const { records, next, missed } = await peer.read('presence_changes', from, 10, 100);
      seen.push(...records.map(({ key, partition, offset }) => `${key} ${partition} ${offset}`));
      assert.equal(missed, 0);
      from = next;
    }
    assert.deepEqual(seen.sort(), ['b 1 0', 'c 0 1']);
    assert.deepEqual(from, [2, 1]);
    assert.deepEqual(await peer.bounds('presence_changes'), [
      { start: 0, end: 2 },
      { start: 0, end: 1 },
    ]);
    await close();
  });

  it('gives records whole, and waits for what comes', async () => {
    const { peer, log, close } = await open();
    const reading = peer.read('presence_changes', [0, 0], 10, 5000);
    setTimeout(() => void log.append([status('late', 1)]), 50);
    const { records, next } = await reading;
    const { schema, value } = records[0]!.decoded();
    assert.deepEqual([schema, { ...value }], ['PresenceChanged', status('late', 1).value]);
    assert.deepEqual(next, [0, 1]);
    const nothing = await peer.read('presence_changes', next, 10, 50);
    assert.deepEqual([nothing.records.length, nothing.next], [0, [0, 1]]);
    await close();
  });

  if (keeps === undefined) return;

  it('goes on from the first record kept where what is asked for is gone, and says how much that is', async () => {
    const { peer, log, close } = await open();
    for (let i = 0; i < 30; i++) await log.append([status(`p${i}`, 0)]);
    const { records, missed } = await peer.read('presence_changes', [0, 0], 100, 100);
    assert.equal(missed, 30 - keeps);
    assert.equal(records[0]!.key, 'p10');
    // Ahead of the end: the topic began anew.
    const anew = await peer.read('presence_changes', [500, 0], 100, 100);
    assert.equal(anew.records[0]!.key, 'p10');
    await close();
  });
}
