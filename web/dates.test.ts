import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayName, endName, shortTime } from './src/dates.ts';

const lateEvening = new Date(2026, 10, 30, 23, 20);
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute);
const clock = (date: Date) => new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(date);

test('an end says its day unless that is today, by the day of the reader’s own zone', () => {
  const end = (date: Date) => endName(date, lateEvening);
  assert.equal(end(at(30, 23, 50)), clock(at(30, 23, 50)));
  assert.equal(end(at(31, 0, 20)), `tomorrow ${clock(at(31, 0, 20))}`);
  assert.match(end(at(32, 9)), /2/);
  assert.ok(!end(at(32, 9)).startsWith('tomorrow'));
});

test('a day is named from today, also where a month begins', () => {
  const now = at(31, 0, 5);
  assert.equal(dayName(now.toISOString(), now), 'Today');
  assert.equal(dayName(lateEvening.toISOString(), now), 'Yesterday');
  assert.match(dayName(at(29, 12).toISOString(), now), /29/);
  assert.match(dayName(new Date(2025, 10, 29).toISOString(), now), /2025/);
});

test('a found message says its time if it is of today, and else its day', () => {
  assert.equal(shortTime(at(30, 8).toISOString(), lateEvening), clock(at(30, 8)));
  assert.match(shortTime(at(29, 8).toISOString(), lateEvening), /29/);
});
