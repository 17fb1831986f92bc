import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Durations } from './durations.ts';
import { age, batchFill, count, duration } from './format.ts';
import { NodeMeter } from './node-meter.ts';
import { Rate } from './rate.ts';
import { meantKey, shownKey } from './shown-key.ts';
import { type Tapped, Taps } from './taps.ts';

describe('a rate', () => {
  it('is of the last ten whole seconds, whatever came before', () => {
    const rate = new Rate();
    for (let second = 100; second < 130; second++) rate.add(second < 120 ? 1000 : 50, second * 1000);
    assert.equal(rate.perSecond(130_500), 50);
    assert.equal(rate.perSecond(135_000), 25);
    assert.equal(rate.perSecond(200_000), 0);
  });

  it('of something young is of the seconds it had', () => {
    const rate = new Rate();
    assert.equal(rate.perSecond(1000), 0);
    rate.add(30, 1000);
    assert.equal(rate.perSecond(1900), 30);
    rate.add(10, 2000);
    assert.equal(rate.perSecond(3000), 20);
  });

  it('counts each record once while its second is in the window', () => {
    const second = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(second), (added) => {
        const rate = new Rate();
        const sorted = [...added].sort(([a], [b]) => a - b);
        rate.add(0, 50_000);
        for (const [at, count] of sorted) rate.add(count, 60_000 + at * 1000);
        const now = 60 + (sorted.at(-1)?.[0] ?? 0) + 1;
        const wanted = sorted.filter(([at]) => 60 + at >= now - 10).reduce((sum, [, count]) => sum + count, 0);
        assert.ok(Math.abs(rate.perSecond(now * 1000) - wanted / 10) < 1e-9);
      }),
    );
  });
});

describe('durations', () => {
  it('tell quantiles to within a tenth', () => {
    const durations = new Durations();
    for (let i = 1; i <= 1000; i++) durations.add(i / 10, 40_000);
    const near = (found: number | null, wanted: number) => assert.ok(Math.abs(found! / wanted - 1) < 0.1, `${found}`);
    near(durations.quantile(0.5, 40_000), 50);
    near(durations.quantile(0.99, 40_000), 99);
  });

  it('forget after a minute, and take any number', () => {
    const durations = new Durations();
    assert.equal(durations.quantile(0.5, 40_000), null);
    for (const odd of [0, 1e-9, 1e12]) durations.add(odd, 40_000);
    assert.notEqual(durations.quantile(0.5, 75_000), null);
    assert.equal(durations.quantile(0.5, 140_000), null);
  });
});

describe('a node’s meter', () => {
  it('tells what was taken, given, timed and wrong', () => {
    let now = 20_000;
    const meter = new NodeMeter(() => now);
    meter.passed(100, 200, 4);
    meter.passed(300, 300, 4);
    meter.passed(0, 0, 0);
    meter.failed(new Error('no'));
    now = 21_000;
    const { records, gave, rate, gave_rate, batch, p50_ms, last_error } = meter.status();
    assert.deepEqual(
      { records, gave, rate, gave_rate, batch },
      { records: 400, gave: 500, rate: 400, gave_rate: 500, batch: 200 },
    );
    assert.ok(p50_ms! > 3.6 && p50_ms! < 4.4);
    assert.deepEqual(last_error, { at: 20_000, message: 'no' });
  });
});

describe('taps', () => {
  it('hear their node until they stop listening', () => {
    const taps = new Taps();
    const heard: string[] = [];
    const stop = taps.listen('t', 'a', (gave) => heard.push(...gave.map(({ key }) => key)));
    const record = (key: string) => [{ key } as Tapped];
    taps.passed('t', 'a', record('1'));
    taps.passed('t', 'b', record('2'));
    stop();
    stop();
    taps.passed('t', 'a', record('3'));
    assert.deepEqual(heard, ['1']);
  });
});

describe('what people read', () => {
  it('numbers, durations and ages are short', () => {
    assert.deepEqual([0, 2.46, 99.9, 1234.5, 1_234_567_890].map(count), ['0', '2.5', '99.9', '1,235', '1,235M']);
    assert.deepEqual([null, 0.085, 1.23, 240, 3100].map(duration), ['-', '85µs', '1.2ms', '240ms', '3.1s']);
    assert.deepEqual(
      [
        { batch: 27.5, batch_size: 500 },
        { batch: 27.5, batch_size: null },
        { batch: null, batch_size: 500 },
      ].map(batchFill),
      ['27.5/500', '27.5', '-'],
    );
    assert.deepEqual([3.14, 45, 720, 18_000, 300_000].map(age), ['3.1s', '45s', '12m', '5h', '3d']);
  });

  it('keys have a slash for the NUL in them, both ways', () => {
    for (const key of ['w\0#c', 'w\0@u', 'w\0!u', '0', 'a/b', 'w/x\0#c']) assert.equal(meantKey(shownKey(key)), key);
    assert.equal(shownKey('demo\0#general'), 'demo/#general');
  });
});
