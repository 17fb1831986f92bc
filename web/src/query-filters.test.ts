import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterValues, withFilter } from './query-filters.ts';

test('finds what a search filters by', () => {
  const q = 'heron IN:#general in:plans from:"@Ann Lee" -word "in:#quoted" after:2026-01-31 before: has:link';
  assert.deepEqual(filterValues(q, 'in'), ['general', 'plans']);
  assert.deepEqual(filterValues(q, 'from'), ['Ann Lee']);
  assert.deepEqual(filterValues(q, 'after'), ['2026-01-31']);
  assert.deepEqual(filterValues(q, 'before'), []);
  assert.deepEqual(filterValues(q, 'has'), ['link']);
});

test('writes a filter in place of those of its kind, and takes it out again', () => {
  assert.equal(withFilter('', 'has', 'link'), 'has:link');
  assert.equal(withFilter('heron from:@bob "a phrase"', 'from', 'ann'), 'heron "a phrase" from:@ann');
  assert.equal(withFilter('heron', 'in', 'two words'), 'heron in:"#two words"');
  assert.equal(withFilter('heron in:"#two words" in:b -x', 'in', undefined), 'heron -x');
  assert.equal(withFilter('heron "open', 'after', '2026-01-31'), 'heron "open after:2026-01-31');
});
