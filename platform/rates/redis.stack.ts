import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, until } from '../presence/redis/stack-engine.ts';
import { ratesContract } from './contract.ts';
import { openRedisRates } from './redis.ts';

const server = startRedis();
after(() => server.stop());

const ann = { workspace_id: 'w', user_id: 'ann' };
const rate = { per_second: 100, burst: 200 };
let prefixes = 0;
const fresh = () => `test-${process.pid}-${prefixes++}:`;
const opened = async (prefix: string, clock?: () => number) => {
  const rates = openRedisRates({ url: server.url, prefix, onError: () => undefined, clock });
  await until(() =>
    rates.take({ workspace_id: 'w', user_id: 'nobody' }, 1, rate).then(
      () => true,
      () => false,
    ),
  );
  return rates;
};

ratesContract('redis', async () => {
  let now = Date.UTC(2026, 0, 1);
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { rates: await opened(fresh(), () => now), pass };
});

describe('rates in Redis', () => {
  it('are one bucket for all processes, by one clock, and forgotten once it is full', async () => {
    const prefix = fresh();
    const [one, other] = [await opened(prefix), await opened(prefix)];
    const given = await Promise.all([one, other].map((rates) => rates.take(ann, 150, rate)));
    assert.ok(given[0]! + given[1]! >= 200 && given[0]! + given[1]! <= 205, `${given}`);
    await sleep(100);
    const more = await other.take(ann, 200, rate);
    assert.ok(more >= 8 && more <= 60, `${more} after a tenth of a second`);
    const ttl = await server.client.pttl(`${prefix}rate:w:ann`);
    assert.ok(ttl > 2000 && ttl <= 3000, `${ttl}`);
    await Promise.all([one.close(), other.close()]);
  });

  it('are unavailable at once while Redis is away, in time while it stands still, and back by themselves', async () => {
    const unavailable = { name: 'MillraceError', code: 'unavailable' };
    const rates = await opened(fresh());
    process.kill(server.pid(), 'SIGSTOP');
    try {
      const began = performance.now();
      await assert.rejects(rates.take(ann, 1, rate), unavailable);
      assert.ok(performance.now() - began < 2000);
    } finally {
      process.kill(server.pid(), 'SIGCONT');
    }
    await server.kill();
    await until(() =>
      rates.take(ann, 1, rate).then(
        () => false,
        () => true,
      ),
    );
    const began = performance.now();
    await assert.rejects(rates.take(ann, 1, rate), unavailable);
    assert.ok(performance.now() - began < 200);
    server.start();
    await until(() =>
      rates.take(ann, 1, rate).then(
        () => true,
        () => false,
      ),
    );
    await rates.close();
  });
});
