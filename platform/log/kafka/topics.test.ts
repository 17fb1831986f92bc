import assert from 'node:assert/strict';
import { it } from 'node:test';
import { configOf } from './topics.ts';

const spec = { name: 't', partitions: 1, retention_ms: null, compact: false, volatile: false };

it('an acknowledged append is on most copies, and one copy of two may be away', () => {
  const least = [1, 2, 3, 4, 5].map((copies) => configOf(spec, copies)['min.insync.replicas']);
  assert.deepEqual(least, ['1', '1', '2', '3', '3']);
});
