import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { epoch, snowflake } from '../../processors/sequence/snowflake.ts';
import {
  compareTs,
  firstIdAt,
  idParts,
  isPlain,
  isSlackTs,
  millisecondsOfTs,
  tsBesideImported,
  tsOfId,
  tsOfTime,
} from './ts.ts';

const time = fc.integer({ min: epoch, max: epoch + 2 ** 41 - 1 });
const counter = fc.integer({ min: 0, max: 4095 });
const partition = fc.integer({ min: 0, max: 1023 });

describe('the ts of an id', () => {
  it('gives the id back, with the partition that its channel has', () => {
    fc.assert(
      fc.property(time, partition, counter, (at, own, count) => {
        const id = snowflake(at, own, count);
        for (const ts of [tsOfId(id.toString()), tsBesideImported(id.toString())]) {
          const parts = idParts(ts);
          assert.ok(parts);
          assert.equal(snowflake(parts.time, own, parts.counter), id);
          assert.equal(millisecondsOfTs(ts), at);
        }
      }),
    );
  });

  it('is another one for each id of a partition, in the order of ids', () => {
    fc.assert(
      fc.property(time, time, counter, counter, partition, fc.boolean(), (a, near, one, other, own, same) => {
        const b = same ? a : near;
        const [first, second] = [snowflake(a, own, one), snowflake(b, own, other)];
        const expected = first < second ? -1 : first > second ? 1 : 0;
        assert.equal(compareTs(tsOfId(first.toString()), tsOfId(second.toString())), expected);
      }),
    );
  });

  it('has six decimals up to counter 999, and four more above it or beside an imported message', () => {
    const at = Date.UTC(2026, 10, 25, 2, 0, 0, 7);
    const ts = (count: number) => tsOfId(snowflake(at, 3, count).toString());
    assert.equal(ts(0), '1795572000.007000');
    assert.equal(ts(999), '1795572000.007999');
    assert.equal(ts(1000), '1795572000.0079990001');
    assert.equal(ts(4095), '1795572000.0079993096');
    assert.equal(tsBesideImported(snowflake(at, 3, 12).toString()), '1795572000.0070120000');
    assert.equal(tsBesideImported(snowflake(at, 3, 1000).toString()), ts(1000));
  });

  it('beside an imported message is none that Slack gives, nor another id’s', () => {
    fc.assert(
      fc.property(time, counter, counter, partition, (at, one, other, own) => {
        const [mine, theirs] = [snowflake(at, own, one).toString(), snowflake(at, own, other).toString()];
        assert.ok(!isSlackTs(tsBesideImported(mine)));
        if (mine !== theirs) assert.notEqual(tsBesideImported(mine), tsBesideImported(theirs));
        if (mine !== theirs) assert.notEqual(tsBesideImported(mine), tsOfId(theirs));
        assert.equal(isPlain(tsOfId(mine)), isSlackTs(tsOfId(mine)));
      }),
    );
  });

  it('is of one spelling: no other digits lead to it', () => {
    for (const odd of [
      '1',
      '1.5',
      '1795572000.00700',
      '1795572000.0070120001',
      '1795572000.0079993097',
      '1.1234567',
      'x',
    ])
      assert.equal(idParts(odd), undefined, odd);
    fc.assert(
      fc.property(fc.stringMatching(/^\d{10}\.\d{6}(\d{4})?$/), (ts) => {
        const parts = idParts(ts);
        if (!parts || parts.time < epoch || parts.time >= epoch + 2 ** 41) return;
        const id = snowflake(parts.time, 5, parts.counter).toString();
        assert.ok([tsOfId(id), tsBesideImported(id)].includes(ts));
      }),
    );
  });
});

describe('a ts', () => {
  it('is compared by its digits', () => {
    assert.ok(compareTs('1499999999.000123', '1499999999.000124') < 0);
    assert.ok(compareTs('1499999999.1', '1499999999.100000') === 0);
    assert.ok(compareTs('999999999.9', '1000000000.000000') < 0);
    assert.ok(compareTs('1499999999.999999', '1499999999.9999990001') < 0);
  });

  it('is written from a time, and bounds the ids of that time', () => {
    assert.equal(tsOfTime(1_499_999_999_004), '1499999999.004000');
    assert.equal(millisecondsOfTs('1499999999.001'), 1_499_999_999_001);
    assert.ok(firstIdAt(Date.UTC(2026, 0, 1)) <= snowflake(Date.UTC(2026, 0, 1), 0, 0));
    assert.equal(firstIdAt(0), 0n);
    assert.ok(firstIdAt(99_999_999_999_999) < 2n ** 63n);
  });
});
