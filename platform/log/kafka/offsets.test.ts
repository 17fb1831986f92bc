import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type At, Offsets } from './offsets.ts';
import { Patience } from './patience.ts';

type Asked = Parameters<ConstructorParameters<typeof Offsets>[0]['fetchTopicsOffset']>[0];

/** Brokers that know each offset, told as `topic/partition/at`; `away` holds partitions that no leader answers for. */
function offsetsOf({
  away = new Set<string>(),
  unknown = new Set<number>(),
  silent = 0,
  leaders = (_: number): number => 1,
  mute = new Set<string>(),
  refresh = (): unknown => undefined,
} = {}) {
  const requests: string[][] = [];
  let refreshes = 0;
  const cluster = {
    fetchTopicsOffset: async (topics: Asked) => {
      const named = topics.flatMap(({ topic, partitions, fromBeginning, fromTimestamp }) =>
        partitions.map(
          ({ partition }) => `${topic}/${partition}/${fromTimestamp ?? (fromBeginning ? 'start' : 'end')}`,
        ),
      );
      requests.push(named);
      await new Promise((resolve) => setImmediate(resolve));
      if (silent-- > 0 || named.some((name) => mute.has(name)))
        throw Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
      if (named.some((name) => away.has(name))) throw new Error('There is no leader for this topic-partition');
      return topics.map(({ topic, partitions, fromBeginning, fromTimestamp }) => ({
        topic,
        partitions: partitions
          .filter(({ partition }) => !unknown.has(partition))
          .map(({ partition }) => {
            const young = fromTimestamp === undefined ? (fromBeginning ? 0 : 10) : fromTimestamp < 1000 ? 5 : -1;
            return { partition, offset: String(young < 0 ? young : young + partition) };
          }),
      }));
    },
    findLeaderForPartitions: (_: string, [partition]: number[]) => ({ [leaders(partition!)]: [partition!] }),
    refreshMetadata: async () => {
      refreshes++;
      refresh();
    },
  };
  const waits: unknown[] = [];
  const offsets = new Offsets(cluster, new Patience(10_000, (error) => waits.push(error)));
  return { offsets, requests, waits, refreshes: () => refreshes };
}

it('what is asked at once is one request for each kind, and names a partition once', async () => {
  const { offsets, requests } = offsetsOf();
  const places: [string, number, At][] = [
    ['a', 0, 'start'],
    ['a', 0, 'end'],
    ['a', 1, 'end'],
    ['b', 7, 'end'],
    ['a', 1, 'end'],
    ['b', 7, 500],
  ];
  assert.deepEqual(await Promise.all(places.map((place) => offsets.find(...place))), [0, 10, 11, 17, 11, 12]);
  assert.deepEqual(requests, [['a/0/start'], ['a/0/end', 'a/1/end', 'b/7/end'], ['b/7/500']]);
  assert.equal(await offsets.find('a', 3, 'end'), 13);
  assert.equal(requests.length, 4);
});

it('a time after the last record is the end', async () => {
  const { offsets } = offsetsOf();
  assert.equal(await offsets.find('a', 2, 5000), 12);
});

it('a partition without a leader keeps the others from nothing, and is asked for until it has one', async () => {
  const away = new Set(['a/1/end']);
  const { offsets, requests, waits, refreshes } = offsetsOf({ away });
  const late = offsets.find('a', 1, 'end');
  assert.deepEqual(await Promise.all([0, 2].map((partition) => offsets.find('a', partition, 'end'))), [10, 12]);
  assert.deepEqual(requests.slice(0, 4), [['a/1/end', 'a/0/end', 'a/2/end'], ['a/1/end'], ['a/0/end'], ['a/2/end']]);
  assert.equal(refreshes(), 1);
  away.clear();
  assert.equal(await late, 11);
  assert.deepEqual(waits, []);
});

it('what no leader tells in time is unavailable, and says why', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { offsets, requests } = offsetsOf({ away: new Set(['a/1/end']), refresh: () => t.mock.timers.tick(10_000) });
  await assert.rejects(offsets.find('a', 1, 'end'), {
    code: 'unavailable',
    detail: 'Kafka did not tell offsets: There is no leader for this topic-partition',
  });
  assert.equal(requests.length, 2);
});

it('brokers that say nothing are asked again for all together', async () => {
  const { offsets, requests, waits } = offsetsOf({ silent: 2 });
  assert.deepEqual(await Promise.all([0, 1].map((partition) => offsets.find('a', partition, 'end'))), [10, 11]);
  assert.deepEqual(requests, Array(3).fill(['a/0/end', 'a/1/end']));
  assert.deepEqual(waits.map(String), ['KafkaJSRequestTimeoutError: timed out']);
});

it('a partition that the metadata does not name yet is asked for until it does', async () => {
  const unknown = new Set([1]);
  const { offsets, requests } = offsetsOf({ unknown, refresh: () => unknown.clear() });
  assert.deepEqual(await Promise.all([0, 1].map((partition) => offsets.find('a', partition, 'end'))), [10, 11]);
  assert.deepEqual(requests, [['a/0/end', 'a/1/end'], ['a/1/end']]);
});

it('a broker that says nothing keeps nobody from what another one tells', async () => {
  const mute = new Set(['a/1/end']);
  const { offsets, requests } = offsetsOf({ mute, leaders: (partition) => (partition === 1 ? 2 : 1) });
  const late = offsets.find('a', 1, 'end');
  assert.deepEqual(await Promise.all([0, 2].map((partition) => offsets.find('a', partition, 'end'))), [10, 12]);
  assert.deepEqual(requests, [['a/1/end'], ['a/0/end', 'a/2/end']]);
  mute.clear();
  assert.equal(await late, 11);
});
