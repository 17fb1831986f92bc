import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SlackEventOutcome } from '../metrics.ts';
import { type Envelope, Outbox, outboxBound } from './outbox.ts';

function box(may: (channelId: string) => boolean = () => true, most = 1_000_000) {
  const outcomes: { [outcome in SlackEventOutcome]?: number } = {};
  const clock = { now: 0 };
  const budget = { bytes: 0, most };
  const outbox = new Outbox(
    may,
    budget,
    (outcome) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    },
    () => clock.now,
  );
  const line = () => {
    const got: { envelope_id: string; retry_attempt: number; retry_reason: string }[] = [];
    return { got, inFlight: 0, send: (frame: string) => void got.push(JSON.parse(frame) as (typeof got)[number]) };
  };
  const push = (envelope_id: string, channel_id = 'c') => outbox.push(envelope(envelope_id, channel_id));
  return { outbox, outcomes, budget, clock, line, push };
}

const envelope = (envelope_id: string, channel_id: string): Envelope => ({
  ...{ envelope_id, channel_id, payload: '{}', retry_attempt: 0, retry_reason: '' },
});

const ids = ({ got }: { got: { envelope_id: string }[] }): string[] => got.map(({ envelope_id }) => envelope_id);

describe('the events of an app', () => {
  it('wait for a socket, go out in order, and are forgotten once acknowledged', () => {
    const { outbox, outcomes, line, push } = box();
    push('a');
    push('b');
    const one = line();
    outbox.add(one);
    push('c');
    assert.deepEqual(ids(one), ['a', 'b', 'c']);
    for (const id of ['a', 'b', 'c', 'c', 'unknown']) outbox.acknowledge(id);
    assert.equal(outbox.size, 0);
    assert.equal(one.inFlight, 0);
    assert.deepEqual(outcomes, { sent: 3, acknowledged: 3 });
  });

  it('are shared among sockets', () => {
    const { outbox, line, push } = box();
    const [one, two] = [line(), line()];
    outbox.add(one);
    outbox.add(two);
    for (const id of ['a', 'b', 'c', 'd']) {
      push(id);
      outbox.acknowledge(id);
    }
    assert.deepEqual(
      [ids(one), ids(two)],
      [
        ['a', 'c'],
        ['b', 'd'],
      ],
    );
  });

  it('go to another socket where theirs ends, and say so', () => {
    const { outbox, outcomes, line, push } = box();
    const one = line();
    outbox.add(one);
    push('a');
    push('b');
    outbox.acknowledge('a');
    outbox.remove(one);
    const two = line();
    outbox.add(two);
    assert.deepEqual(
      two.got.map(({ envelope_id, retry_attempt, retry_reason }) => [envelope_id, retry_attempt, retry_reason]),
      [['b', 1, 'disconnected']],
    );
    assert.deepEqual(outcomes, { sent: 2, acknowledged: 1, resent: 1 });
  });

  it('are sent again three times where nobody answers, then dropped', () => {
    const { outbox, outcomes, clock, line, push } = box();
    const one = line();
    outbox.add(one);
    push('a');
    for (let i = 1; i <= 5; i++) {
      clock.now += 29_000;
      outbox.tick();
      assert.equal(one.got.length, Math.min(i, 4), 'not before half a minute has passed');
      clock.now += 1000;
      outbox.tick();
    }
    assert.deepEqual(
      one.got.map(({ retry_attempt }) => retry_attempt),
      [0, 1, 2, 3],
    );
    assert.deepEqual(outcomes, { sent: 1, resent: 3, dropped: 1 });
    assert.equal(one.inFlight, 0);
  });

  it('wait where a socket has a hundred unanswered', () => {
    const { outbox, line, push } = box();
    const one = line();
    outbox.add(one);
    for (let i = 0; i < 150; i++) push(String(i));
    assert.equal(one.got.length, 100);
    outbox.acknowledge('0');
    assert.equal(one.got.length, 101);
  });

  it('are bounded: the oldest is dropped, and counted', () => {
    const { outbox, outcomes, line, push } = box();
    for (let i = 0; i < outboxBound + 5; i++) push(String(i));
    assert.equal(outbox.size, outboxBound);
    assert.equal(outcomes.dropped, 5);
    const one = line();
    outbox.add(one);
    assert.equal(one.got[0]!.envelope_id, '5');
    push('more');
    assert.equal(outbox.size, outboxBound);
    assert.equal(one.inFlight, 100, 'the place of the dropped one is taken');
  });

  it('are bounded in what they hold, together with those of other apps', () => {
    const { outbox, outcomes, budget, line, push } = box(undefined, 10);
    for (let i = 0; i < 6; i++) push(String(i));
    assert.equal(budget.bytes, 10);
    assert.equal(outcomes.dropped, 1);
    budget.bytes += 9;
    push('6');
    assert.equal(outbox.size, 0, 'the others have it all');
    assert.equal(budget.bytes, 9);
    budget.bytes = 0;
    const one = line();
    outbox.add(one);
    push('7');
    push('8');
    outbox.acknowledge('7');
    outbox.close();
    assert.equal(budget.bytes, 0);
    assert.equal(outcomes.dropped, 8);
  });

  it('of a channel that was left meanwhile are not sent', () => {
    const left = new Set<string>();
    const { outbox, outcomes, line, push } = box((channelId) => !left.has(channelId));
    push('a', 'hidden');
    push('b', 'open');
    left.add('hidden');
    const one = line();
    outbox.add(one);
    assert.deepEqual(ids(one), ['b']);
    assert.equal(outcomes.dropped, 1);
  });
});
