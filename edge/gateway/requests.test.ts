import assert from 'node:assert/strict';
import { it } from 'node:test';
import { limits } from '../limits.ts';
import { Requests } from './requests.ts';

it('answers that come late close the door to all but imports, until they come in time again', () => {
  let now = 0;
  const requests = new Requests(
    () => ({ slot: '0', epoch: 1 }),
    limits.waiting_requests,
    () => now,
  );
  const open = () => requests.open().reply_to;
  const answered = (reply_to: ReturnType<typeof open>) =>
    requests.answer({ reply_to, home: null, outcome: { Applied: {} } });
  const first = Array.from({ length: limits.least_waiting * 2 }, open);
  now += limits.answer_ms * 2;
  answered(first.pop()!);
  assert.equal(requests.allowed, Math.floor((limits.least_waiting * 2 - 1) * 0.8));
  assert.throws(open, { code: 'unavailable', options: { retryAfter: 1 } });
  const bulk = requests.open({ bulk: true }).reply_to;
  for (const reply_to of first) answered(reply_to);
  // What an import took tells nothing of the others.
  const { allowed } = requests;
  now += limits.answer_ms * 2;
  answered(bulk);
  assert.equal(requests.allowed, allowed);
  for (let round = 0; round < 2; round++) Array.from({ length: allowed }, open).forEach(answered);
  assert.ok(requests.allowed > allowed, `${requests.allowed} after ${allowed}`);
});
