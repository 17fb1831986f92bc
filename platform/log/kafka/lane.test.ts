import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import { fetchBroker } from '../../../tests/support/fetch-broker.ts';
import { MillraceError } from '../../errors/error.ts';
import type { LogRecord } from '../port.ts';
import type { LaneHooks } from './lane.ts';
import { Lanes } from './lanes.ts';
import { Subscription } from './subscription.ts';

/** Of each partition of the one topic, so many records, from 0. */
const kept = [3, 3];

/** A broker that refuses a request as a whole where one partition has not got the offset, as kafkajs tells it. */
const broker = fetchBroker(async ({ topics }) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const responses = topics.map(({ topic, partitions }) => ({
    topicName: topic,
    partitions: partitions.map(({ partition, fetchOffset }) => {
      const from = Number(fetchOffset);
      if (from > kept[partition]!) throw Object.assign(new Error('out of range'), { type: 'OFFSET_OUT_OF_RANGE' });
      const offsets = Array.from({ length: kept[partition]! - from }, (_, i) => from + i);
      const messages = offsets.map((offset): FetchedMessage => {
        return { offset: String(offset), timestamp: '0', key: null, value: Buffer.from([partition]) };
      });
      return { partition, errorCode: 0, highWatermark: String(kept[partition]), messages };
    }),
  }));
  return { responses };
});
const cluster = {
  addMultipleTargetTopics: async () => undefined,
  findLeaderForPartitions: (_: string, partitions: number[]) => ({ 1: partitions }),
  findBroker: async () => broker,
  refreshMetadata: async () => undefined,
  disconnect: async () => undefined,
} as unknown as Cluster;

function readers(
  t: TestContext,
  from: number[],
  records?: LaneHooks['records'],
  onTrouble: LaneHooks['onTrouble'] = () => undefined,
): Subscription[] {
  const plain: LaneHooks['records'] = async (_, partition, messages) =>
    messages.map(({ offset }) => ({ partition, offset: Number(offset) }) as LogRecord);
  const lanes = new Lanes(() => cluster, {
    records: records ?? plain,
    bounds: async (_, partition) => ({ start: 0, end: kept[partition]! }),
    onTrouble,
  });
  t.after(() => lanes.close());
  return from.map((offset, partition) => {
    const subscription = new Subscription('numbers', partition, offset, (changed) => lanes.changed(changed));
    lanes.add(subscription);
    return subscription;
  });
}

it('a reader beyond the end is told so, and the others of its broker read on', async (t) => {
  const [beyond, other] = readers(t, [7, 1]);
  await assert.rejects(beyond!.next(10), {
    code: 'conflict',
    message: /offset 7 of numbers\/0 is beyond the end, which is 3/,
  });
  assert.deepEqual(
    (await other!.next(10, 1000)).map(({ offset }) => offset),
    [1, 2],
  );
});

it('a partition whose schemas can’t be looked up now waits alone, and loses nothing', async (t) => {
  let away = true;
  const told: unknown[] = [];
  const records: LaneHooks['records'] = async (_, partition, messages) => {
    if (partition === 0 && away) throw new MillraceError('unavailable', 'the registry is away');
    return messages.map(({ offset }) => ({ partition, offset: Number(offset) }) as LogRecord);
  };
  const [slow, other] = readers(t, [0, 0], records, (error) => told.push((error as Error).message));
  assert.equal((await other!.next(10, 1000)).length, 3);
  assert.deepEqual(await slow!.next(10, 300), []);
  assert.deepEqual(told, ['unavailable: the registry is away'], 'once, however often it is tried');
  away = false;
  assert.deepEqual(
    (await slow!.next(10, 1000)).map(({ offset }) => offset),
    [0, 1, 2],
  );
});

it('a look-up that takes long holds up no other partition', async (t) => {
  let answer: () => void = () => undefined;
  const [slow, other] = readers(t, [0, 0], async (_, partition, messages) => {
    if (partition === 0) await new Promise<void>((resolve) => (answer = resolve));
    return messages.map(({ offset }) => ({ partition, offset: Number(offset) }) as LogRecord);
  });
  assert.equal((await other!.next(10, 1000)).length, 3);
  kept[1] = 5;
  t.after(() => (kept[1] = 3));
  assert.equal((await other!.next(10, 1000)).length, 2);
  answer();
  assert.equal((await slow!.next(10, 1000)).length, 3);
});
