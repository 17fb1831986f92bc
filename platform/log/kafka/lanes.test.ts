import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage, FetchResponse } from 'kafkajs/src/cluster/index.js';
import { eventually } from '../../../tests/support/eventually.ts';
import { type FetchRequest, fetchBroker } from '../../../tests/support/fetch-broker.ts';
import type { LogRecord } from '../port.ts';
import { Lanes } from './lanes.ts';
import { Subscription } from './subscription.ts';

/** A broker with one topic of one partition, whose fetches are counted. */
class Broker {
  /** Offsets that fetches asked for, but for those that found nothing. */
  readonly asked: number[] = [];
  clusters = 0;

  constructor(
    public end: number,
    private readonly batch = 1000,
  ) {}

  cluster(): Cluster {
    this.clusters++;
    return {
      addMultipleTargetTopics: async () => undefined,
      findLeaderForPartitions: (_: string, partitions: number[]) => ({ 1: partitions }),
      findBroker: async () => fetchBroker((request) => this.fetch(request)),
      refreshMetadata: async () => undefined,
      disconnect: async () => undefined,
    } as unknown as Cluster;
  }

  private async fetch({ topics }: FetchRequest): Promise<FetchResponse> {
    const [{ topic, partitions }] = topics as [(typeof topics)[number]];
    assert.equal(partitions.length, 1, 'a request names a partition once');
    const from = Number(partitions[0]!.fetchOffset);
    for (let tries = 0; tries < 5 && from >= this.end; tries++) await new Promise((resolve) => setTimeout(resolve, 1));
    const length = Math.max(0, Math.min(this.batch, this.end - from));
    if (length > 0) this.asked.push(from);
    const messages = Array.from({ length }, (_, at): FetchedMessage => {
      return { offset: String(from + at), timestamp: '0', key: null, value: null };
    });
    const found = { partition: 0, errorCode: 0, highWatermark: String(this.end), messages };
    return { responses: [{ topicName: topic, partitions: [found] }] };
  }
}

function lanesOf(broker: Broker): Lanes {
  return new Lanes(() => broker.cluster(), {
    records: async (_, partition, messages) =>
      messages.map(({ offset }) => ({ partition, offset: Number(offset) }) as LogRecord),
    bounds: async () => ({ start: 0, end: broker.end }),
    onTrouble: () => undefined,
  });
}

function reader(lanes: Lanes, offset: number): Subscription {
  const subscription = new Subscription('numbers', 0, offset, (changed) => lanes.changed(changed));
  lanes.add(subscription);
  return subscription;
}

function opened(t: TestContext, broker: Broker): (offset: number) => Subscription {
  const lanes = lanesOf(broker);
  t.after(() => lanes.close());
  return (offset) => reader(lanes, offset);
}

/** The offsets of as many records as are there, or come within a second. */
async function taken(subscription: Subscription, count: number): Promise<number[]> {
  const offsets: number[] = [];
  while (offsets.length < count) {
    const records = await subscription.next(count - offsets.length, 1000);
    if (records.length === 0) break;
    offsets.push(...records.map(({ offset }) => offset));
  }
  return offsets;
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

it('what several read from the same offset is fetched once', async (t) => {
  const broker = new Broker(3);
  const open = opened(t, broker);
  const readers = [open(0), open(0), open(0)];
  for (const one of readers) assert.deepEqual(await taken(one, 3), [0, 1, 2]);
  broker.end = 5;
  for (const one of readers) assert.deepEqual(await taken(one, 2), [3, 4]);
  assert.deepEqual(broker.asked, [0, 3]);
  assert.equal(broker.clusters, 1);
});

it('one that lags shares what comes once it has caught up', async (t) => {
  const broker = new Broker(10, 4);
  const open = opened(t, broker);
  const [first, late] = [open(10), open(0)];
  assert.deepEqual(await taken(late, 10), numbers(0, 10));
  broker.asked.length = 0;
  for (let end = 11; end < 15; end++) {
    broker.end = end;
    assert.deepEqual(await taken(first, 1), [end - 1]);
    assert.deepEqual(await taken(late, 1), [end - 1]);
  }
  assert.deepEqual(broker.asked.slice(-3), [11, 12, 13], 'the first one may still come to both of them');
});

it('one that reads nothing holds up nobody who stood beside it, and misses nothing', async (t) => {
  const broker = new Broker(9000);
  const open = opened(t, broker);
  const [idle, busy] = [open(0), open(0)];
  assert.deepEqual(await taken(busy, 9000), numbers(0, 9000));
  const other = open(9000);
  broker.end = 9001;
  assert.deepEqual(await taken(other, 1), [9000]);
  assert.deepEqual(await taken(idle, 9001), numbers(0, 9001));
});

it('one that reads nothing holds up nobody who comes to where it stands', async (t) => {
  const broker = new Broker(9000, 9000);
  const open = opened(t, broker);
  const idle = open(0);
  await eventually(() => assert.equal(idle.offset, 9000));
  const other = open(9000);
  broker.end = 9001;
  assert.deepEqual(await taken(other, 1), [9000]);
  assert.deepEqual(await taken(idle, 9001), numbers(0, 9001));
});

it('a lane whose readers have gone fetches nothing', async (t) => {
  const broker = new Broker(3);
  const open = opened(t, broker);
  const readers = [open(0), open(0)];
  for (const one of readers) await taken(one, 3);
  for (const one of readers) one.close();
  // The request under way ends.
  await new Promise((resolve) => setTimeout(resolve, 30));
  broker.end = 9;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(broker.asked, [0]);
});

it('whoever reads from wherever, at whatever pace, has each record once and in order', async () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('open' as const), from: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('read' as const), which: fc.nat(), most: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ kind: fc.constant('close' as const), which: fc.nat() }),
    fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 1500 }) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 8 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.integer({ min: 1, max: 2500 }), async (actions, batch) => {
      const broker = new Broker(5, batch);
      const lanes = lanesOf(broker);
      const open: { subscription: Subscription; next: number }[] = [];
      const read = async (one: (typeof open)[number], most: number, wait_ms: number): Promise<void> => {
        for (const { offset } of await one.subscription.next(most, wait_ms)) assert.equal(offset, one.next++);
      };
      for (const step of actions) {
        const one = 'which' in step ? open[step.which % Math.max(1, open.length)] : undefined;
        if (step.kind === 'open') {
          const from = Math.floor(step.from * broker.end);
          open.push({ subscription: reader(lanes, from), next: from });
        } else if (step.kind === 'append') broker.end += step.count;
        else if (step.kind === 'wait') await new Promise((resolve) => setTimeout(resolve, step.ms));
        else if (one && step.kind === 'read') await read(one, step.most, 2);
        else if (one) {
          one.subscription.close();
          open.splice(open.indexOf(one), 1);
        }
      }
      await Promise.all(
        open.map((one) =>
          eventually(async () => {
            await read(one, 5000, 50);
            assert.equal(one.next, broker.end);
          }),
        ),
      );
      await lanes.close();
    }),
    { numRuns: 40 },
  );
});
