import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadCommand, Typing } from '../../schemas/generated/types.ts';
import { MillraceError } from '../errors/error.ts';
import { partitionOf } from '../keys.ts';
import type { Append, Log, TopicSpec } from './port.ts';

const topics: TopicSpec[] = [
  { name: 'kept', partitions: 4, retention_ms: null, compact: false, volatile: false },
  { name: 'passing', partitions: 1, retention_ms: null, compact: false, volatile: true },
];

export interface OpenLog {
  log: Log;
  /** Opens the same log again, as a restart would; undefined where nothing outlives the process. */
  reopen?: () => Promise<OpenLog>;
  close(): Promise<void>;
}

/** What every adapter of the log must do. */
export function logContract(name: string, open: () => Promise<OpenLog>): void {
  describe(`log contract: ${name}`, () => {
    it('gives records back in order, with key, schema, value and growing time', async () => {
      const { log, close } = await declared(open);
      await log.append([record('kept', 'a', 1), record('kept', 'a', 2)]);
      await log.append([record('kept', 'a', 3)]);
      const records = await read(log, 'kept', partitionOf('a', 4), 3);
      assert.deepEqual(
        records.map((r) => [r.offset, r.key, seqOf(r)]),
        [
          [0, 'a', 1],
          [1, 'a', 2],
          [2, 'a', 3],
        ],
      );
      assert.ok(records.every((r, i) => i === 0 || r.time >= records[i - 1]!.time));
      assert.equal(records[0]!.bytes()[0], 0);
      await close();
    });

    it('keeps one key in one partition, and takes a partition that is named', async () => {
      const { log, close } = await declared(open);
      const positions = await log.append([
        record('kept', 'k', 1),
        record('kept', 'k', 2),
        { ...record('kept', 'k', 3), partition: 2 },
      ]);
      assert.equal(positions[0]!.partition, positions[1]!.partition);
      assert.equal(positions[2]!.partition, 2);
      await close();
    });

    it('wakes a reader that waits at the end, and ends its wait on close and after its time', async () => {
      const { log, close } = await declared(open);
      const reader = log.reader('passing', 0, 'end');
      const waiting = reader.next(10);
      await log.append([record('passing', 'x', 7)]);
      assert.deepEqual((await waiting).map(seqOf), [7]);
      assert.deepEqual(await reader.next(10, 20), []);
      const closing = reader.next(10);
      reader.close();
      assert.deepEqual(await closing, []);
      await close();
    });

    it('takes more at once than an engine carries in one go, in order, and records of some megabytes', async () => {
      const { log, close } = await declared(open);
      const many = Array.from({ length: 600 }, (_, i) => sized(i, 2000));
      const long = Array.from({ length: 300 }, (_, i) => sized(600 + i, 8000));
      const placed = [log.append(many), ...long.map((one) => log.append([one])), log.append([sized(900, 3_000_000)])];
      const offsets = (await Promise.all(placed)).flat().map(({ offset }) => offset);
      assert.deepEqual(
        offsets,
        offsets.map((_, i) => i),
      );
      const records = await read(log, 'kept', 1, 901);
      assert.deepEqual(
        records.map((one) => Number((one.decoded().value as Typing).channel_id)),
        offsets,
      );
      await close();
    });

    it('takes records of kept and of volatile topics in one call, and tells the place of each', async () => {
      const { log, close } = await declared(open);
      await log.append([{ ...record('kept', 'x', 0), partition: 1 }]);
      const positions = await log.append([
        { ...record('passing', 'x', 1), partition: 0 },
        { ...record('kept', 'x', 2), partition: 1 },
        { ...record('passing', 'x', 3), partition: 0 },
      ]);
      assert.deepEqual(
        positions.map(({ partition, offset }) => [partition, offset]),
        [
          [0, 0],
          [1, 1],
          [0, 1],
        ],
      );
      assert.deepEqual((await read(log, 'passing', 0, 2)).map(seqOf), [1, 3]);
      await close();
    });

    it('finds the first record of a time, in kept and in volatile topics', async () => {
      for (const topic of ['kept', 'passing']) {
        const { log, close } = await declared(open);
        assert.equal(await log.offsetAt(topic, 0, 0), 0);
        for (let seq = 0; seq < 9; seq++) {
          await log.append([{ ...record(topic, 'x', seq), partition: 0 }]);
          if (seq % 3 === 2) await new Promise((resolve) => setTimeout(resolve, 5));
        }
        const times = (await read(log, topic, 0, 9)).map((r) => r.time);
        for (const time of times) {
          assert.equal(await log.offsetAt(topic, 0, time), times.indexOf(time));
          assert.equal(await log.offsetAt(topic, 0, time + 1), times.filter((other) => other <= time).length);
        }
        assert.equal(await log.offsetAt(topic, 0, 0), 0);
        await close();
      }
    });

    it('has bounds, and reads from within them', async () => {
      const { log, close } = await declared(open);
      assert.deepEqual(await log.bounds('kept', 1), { start: 0, end: 0 });
      await log.append([1, 2, 3].map((seq) => ({ ...record('kept', 'k', seq), partition: 1 })));
      assert.deepEqual(await log.bounds('kept', 1), { start: 0, end: 3 });
      assert.deepEqual((await read(log, 'kept', 1, 1, 2)).map(seqOf), [3]);
      await close();
    });

    it('reads a long past in order through small pages', async () => {
      const { log, close } = await declared(open);
      const count = 10_000;
      for (let from = 0; from < count; from += 1000) {
        await log.append(Array.from({ length: 1000 }, (_, i) => ({ ...record('kept', 'k', from + i), partition: 3 })));
      }
      const records = await read(log, 'kept', 3, count);
      assert.ok(records.every((r, i) => r.offset === i && seqOf(r) === i));
      await close();
    });

    it('refuses another partition count, and an unknown topic', async () => {
      const { log, close } = await declared(open);
      await assert.rejects(log.declare([{ ...topics[0]!, partitions: 5 }]), code('conflict'));
      await assert.rejects(log.append([record('nowhere', 'k', 1)]), code('not_found'));
      await close();
    });

    it('has everything again after a restart', async (t) => {
      const first = await declared(open);
      if (!first.reopen) return t.skip('nothing outlives the process');
      await first.log.append([record('kept', 'a', 1), record('kept', 'a', 2)]);
      const second = await first.reopen();
      await second.log.declare(topics);
      await second.log.append([record('kept', 'a', 3)]);
      assert.deepEqual(
        (await read(second.log, 'kept', partitionOf('a', 4), 3)).map((r) => [r.offset, seqOf(r)]),
        [
          [0, 1],
          [1, 2],
          [2, 3],
        ],
      );
      await second.close();
    });
  });
}

async function declared(open: () => Promise<OpenLog>): Promise<OpenLog> {
  const opened = await open();
  await opened.log.declare(topics);
  return opened;
}

function record(topic: string, key: string, seq: number): Append {
  const marker = { epoch: 0, last_read_seq: seq, last_read_rev: 0, since_rev: 0 };
  return {
    topic,
    key,
    schema: 'ReadCommand',
    value: { workspace_id: 'w', user_id: 'u', channel_id: 'c', marker, reply_to: null, region: null },
  };
}

function seqOf(record: { decoded(): { value: unknown } }): number {
  return (record.decoded().value as ReadCommand).marker.last_read_seq;
}

async function read(log: Log, topic: string, partition: number, count: number, from = 0) {
  const reader = log.reader(topic, partition, from);
  const records = [];
  while (records.length < count) records.push(...(await reader.next(Math.min(500, count - records.length))));
  reader.close();
  return records;
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof MillraceError && error.code === expected;
}

/** A record of about so many bytes. */
function sized(number: number, bytes: number): Append {
  const value = { workspace_id: 'w', channel_id: String(number), user_id: 'x'.repeat(bytes) };
  return { topic: 'kept', partition: 1, key: 'x', schema: 'Typing', value };
}
