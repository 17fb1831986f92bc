import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RequestLimit } from './request-limit.ts';

const bounds = { least: 100, most: 50_000, target_ms: 1000 };

/** A pipeline that does `rate` a second in order, and is asked for `offered`; milliseconds are the steps. */
function run(
  seconds: number,
  rate: (second: number) => number,
  offered: number,
  limit: RequestLimit,
  clock: { now: number },
) {
  const queue: number[] = [];
  const took: { at: number; took_ms: number }[] = [];
  let refused = 0;
  let [asked, done] = [0, 0];
  for (const end = clock.now + seconds * 1000; clock.now < end; clock.now++) {
    for (asked += offered / 1000; asked >= 1; asked--)
      if (limit.allows(queue.length)) queue.push(clock.now);
      else refused++;
    for (done += rate(clock.now / 1000) / 1000; done >= 1; done--) {
      const since = queue.shift();
      if (since === undefined) continue;
      limit.answered(clock.now - since, queue.length);
      took.push({ at: clock.now, took_ms: clock.now - since });
    }
  }
  return { took, refused };
}

describe('the limit of what waits', () => {
  it('keeps answers near the target at five times of what is done, and refuses none of what can be done', () => {
    const clock = { now: 0 };
    const { took, refused } = run(60, () => 2000, 10_000, new RequestLimit(() => clock.now, bounds), clock);
    const settled = took.filter(({ at }) => at > 10_000);
    assert.ok(
      settled.every(({ took_ms }) => took_ms < 2000),
      `${Math.max(...settled.map(({ took_ms }) => took_ms))} ms`,
    );
    assert.ok(took.length > 0.95 * 60 * 2000, `${took.length} done`);
    assert.ok(refused > 400_000);
  });

  it('refuses nothing below what is done, and nothing of a burst that is answered in time', () => {
    const clock = { now: 0 };
    const limit = new RequestLimit(() => clock.now, bounds);
    assert.equal(run(20, () => 2000, 1800, limit, clock).refused, 0);
    assert.ok(limit.allows(1500));
  });

  it('opens again when the pipeline is as quick as it was', () => {
    const clock = { now: 0 };
    const limit = new RequestLimit(() => clock.now, bounds);
    run(20, () => 200, 4000, limit, clock);
    assert.ok(limit.current < 600, `${limit.current}`);
    const { took } = run(60, () => 5000, 4000, limit, clock);
    assert.equal(took.filter(({ at }) => at > 75_000).length / 5 > 3900, true);
  });

  it('never goes below its least', () => {
    const limit = new RequestLimit(() => 0, bounds);
    limit.answered(60_000, 1);
    assert.equal(limit.current, bounds.least);
  });
});
