import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Encoded } from './request.ts';
import { inRequests, RequestSize } from './request.ts';

const record = (partition: number, bytes: number, topic = 't'): Encoded => ({
  topic,
  partition,
  key: 'k',
  value: Buffer.alloc(bytes),
});
const cut = (records: Encoded[]): number[] => [...inRequests(records)].map(({ length }) => length);
const mebibyte = 1024 * 1024;

describe('a request to Kafka', () => {
  it('holds less than a mebibyte of one partition, its overhead too', () => {
    for (const [count, bytes] of [
      [600, 2000],
      [300, 8000],
      [3000, 1],
      [20_000, 50],
    ] as const) {
      const records = Array.from({ length: count }, () => record(0, bytes));
      const requests = [...inRequests(records)];
      assert.deepEqual(requests.flat(), records, 'all of them, in order');
      for (const request of requests) assert.ok(request.length * (bytes + 70) < mebibyte, `${request.length}`);
    }
  });

  it('counts the bytes of each partition of each topic for themselves, and records together', () => {
    assert.deepEqual(cut([record(0, 800_000), record(1, 800_000), record(0, 800_000, 'u')]), [3]);
    assert.deepEqual(cut(Array.from({ length: 12_000 }, (_, i) => record(i, 1))), [5000, 5000, 2000]);
  });

  it('holds one record that is larger, alone of its partition', () => {
    assert.deepEqual(cut([record(0, 10), record(0, 3 * mebibyte), record(0, 10)]), [1, 1, 1]);
  });

  it('takes a call whole or not at all', () => {
    const size = new RequestSize();
    assert.ok(size.takes([record(0, 500_000)]));
    assert.ok(!size.takes([record(1, 10), record(0, 500_000)]));
    assert.ok(size.takes([record(1, 900_000)]), 'what did not fit has left nothing');
  });
});
