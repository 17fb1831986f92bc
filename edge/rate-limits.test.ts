import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { MillraceError } from '../platform/errors/error.ts';
import { MemoryRates } from '../platform/rates/memory.ts';
import type { Rates } from '../platform/rates/port.ts';
import { RateLimits } from './rate-limits.ts';

const ann = { workspace_id: 'w', user_id: 'ann' };
const block = 20;

/** Gateways that share one engine, under a clock that the test moves. */
function gateways(count: number, wrap: (shared: Rates) => Rates = (shared) => shared) {
  let now = Date.UTC(2026, 0, 1);
  const shared = wrap(new MemoryRates(() => now));
  const warned: unknown[] = [];
  const all = Array.from(
    { length: count },
    () =>
      new RateLimits(
        shared,
        true,
        (error) => void warned.push(error),
        () => now,
      ),
  );
  /** How many of so many requests in `ms`, spread over the gateways, are let through. */
  const sent = async (requests: number, ms: number, person = ann): Promise<number> => {
    let passed = 0;
    for (let i = 0; i < requests; i++) {
      try {
        all[i % count]!.take(person);
        passed++;
      } catch (error) {
        assert.ok(error instanceof MillraceError && error.code === 'rate_limited');
      }
      now += ms / requests;
      // The engine answers between two requests, as it does between two frames of a socket.
      await turn();
    }
    return passed;
  };
  return { sent, warned, first: all[0]!, pass: (ms: number) => (now += ms) };
}

describe('the rate of a person', () => {
  for (const count of [1, 2, 5])
    it(`is 100 a second in bursts of 200, over ${count} gateways together`, async () => {
      const { sent, pass } = gateways(count);
      const burst = await sent(1000, 1);
      assert.ok(burst >= 200 && burst <= 200 + count * block, `a burst of ${burst}`);
      const steady = await sent(10_000, 10_000);
      assert.ok(steady >= 900 && steady <= 1000 + count * block, `${steady} in ten seconds`);
      pass(10_000);
      const again = await sent(1000, 1);
      assert.ok(again >= 195 && again <= 200 + count * block, `${again} after a rest`);
    });

  it('is never refused below 100 a second, wherever the requests go', async () => {
    const { sent } = gateways(3);
    assert.equal(await sent(1900, 20_000), 1900);
  });

  it('is each person’s own', async () => {
    const { sent } = gateways(2);
    await sent(1000, 1);
    assert.equal(await sent(100, 1, { ...ann, workspace_id: 'v' }), 100);
  });

  it('costs the engine a call for ten requests, not for each', async () => {
    let calls = 0;
    const { sent } = gateways(1, (shared) => ({
      take: (...call) => {
        calls++;
        return shared.take(...call);
      },
      close: () => shared.close(),
    }));
    await sent(2000, 30_000);
    assert.ok(calls >= 100 && calls <= 250, `${calls}`);
  });

  it('lets all of a burst through that comes before the first answer, once', async () => {
    const { first, sent, pass } = gateways(1);
    for (let i = 0; i < 200; i++) first.take(ann);
    assert.throws(() => first.take(ann), { code: 'rate_limited' });
    await turn();
    pass(1000);
    const next = await sent(300, 1);
    assert.ok(next >= 80 && next <= 101, `${next} a second later`);
  });

  it('is limited by each gateway alone while the engine is away, and together again afterwards', async () => {
    let away = true;
    const { sent, warned, pass } = gateways(2, (shared) => ({
      take: async (...call) => {
        if (away) throw new MillraceError('unavailable', 'Redis does not answer');
        return shared.take(...call);
      },
      close: () => shared.close(),
    }));
    const alone = await sent(1000, 100);
    assert.ok(alone >= 400 && alone <= 422, `${alone}: 200 at each`);
    assert.equal(warned.length, 2, 'each gateway says so once');
    await sent(100, 5000);
    assert.ok(warned.length <= 12, `${warned.length} warnings in five seconds`);
    away = false;
    pass(5000);
    const burst = await sent(1000, 1);
    assert.ok(burst >= 190 && burst <= 200 + 2 * block, `${burst} together`);
  });
});
