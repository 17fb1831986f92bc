import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
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

it('one that nobody answers is told so at its deadline, and not before; one whose answer came is not', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let now = 0;
    const requests = new Requests(
      () => ({ slot: '0', epoch: 1 }),
      limits.waiting_requests,
      () => now,
    );
    const pass = (ms: number): void => {
      now += ms;
      mock.timers.tick(ms);
    };
    const told: string[] = [];
    const open = (name: string) => {
      const { reply_to, outcome } = requests.open();
      outcome.then(
        () => told.push(`${name} answered`),
        ({ code }) => told.push(`${name} ${code}`),
      );
      return reply_to;
    };
    open('first');
    pass(limits.deadline_ms / 2);
    const second = open('second');
    open('third');
    pass(limits.deadline_ms / 2 - 1);
    await setImmediate();
    assert.deepEqual(told, []);
    requests.answer({ reply_to: second, home: null, outcome: { Applied: {} } });
    pass(200);
    await setImmediate();
    assert.deepEqual(told, ['second answered', 'first unavailable']);
    pass(limits.deadline_ms / 2);
    await setImmediate();
    assert.deepEqual(told.slice(2), ['third unavailable']);
    assert.equal(requests.count, 0);
    // Nothing waits, so nothing looks; the next one is looked after again.
    pass(limits.deadline_ms);
    open('fourth');
    pass(limits.deadline_ms + 100);
    await setImmediate();
    assert.deepEqual(told.slice(3), ['fourth unavailable']);
  } finally {
    mock.timers.reset();
  }
});
