import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capacityOf } from './capacity.ts';
import { estimate } from './demand.ts';
import { fanOut } from './fan-out.ts';
import { reconnectStorm } from './storm.ts';

const interested = { interest: true, workspace_gateways: undefined };
const small = { ...estimate, daily_users: 100_000, gateway_sockets: 1000, largest_channel: 10_000 };

describe('capacity', () => {
  it('is the same for a seed, and another for another', () => {
    assert.deepEqual(capacityOf({}, 7), capacityOf({}, 7));
    assert.notDeepEqual(capacityOf({}, 7).fan_out, capacityOf({}, 8).fan_out);
  });

  it('counts records as gateways interested: never more than there are, and fewer the more are kept together', () => {
    const all = fanOut(small, { ...interested, interest: false }, 1);
    const some = fanOut(small, interested, 1);
    const few = fanOut(small, { interest: true, workspace_gateways: 4 }, 1);
    assert.ok(Math.abs(all.records_a_message - all.gateways) < 1e-6);
    assert.ok(some.records_a_message < all.records_a_message / 2, `${some.records_a_message}`);
    assert.ok(few.records_a_message <= 4 && few.records_a_message < some.records_a_message);
    assert.equal(few.deliveries_a_message, some.deliveries_a_message);
    const mean = fanOut(estimate, interested, 1).deliveries_a_message;
    assert.ok(mean > 5 && mean < 20, `the estimate has 10 deliveries a message, and not ${mean}`);
    const one = fanOut({ ...small, gateway_sockets: 1e9 }, interested, 1);
    assert.equal(one.gateways, 1);
    assert.ok(one.records_a_message <= 1 + 1e-9);
  });

  it('grows with what is asked, in proportion where that is so', () => {
    const once = capacityOf({}, 1).plan;
    const twice = capacityOf({ messages_a_day: 2 * estimate.messages_a_day }, 1).plan;
    for (const [i, part] of once.entries()) {
      assert.ok(Math.abs(twice[i]!.cores / part.cores - 2) < 1e-6, part.part);
      assert.ok(twice[i]!.count >= part.count, part.part);
    }
  });

  it('has no more sockets come back than there were, spread evenly over the gateways', () => {
    const storm = (daily_users: number, lost: number) => {
      const options = { lost, jitter_ms: 1000, patience_ms: 5000, welcomes_a_second: 10_000 };
      return reconnectStorm({ ...small, daily_users }, options, 1);
    };
    // 650 sockets on one gateway, which comes back; 1,300 on two.
    assert.deepEqual([storm(1000, 0).sockets, storm(1000, 0).each], [650, 650]);
    assert.deepEqual([storm(2000, 0).sockets, storm(2000, 0).each], [650, 650]);
    assert.deepEqual([storm(2000, 1).sockets, storm(2000, 1).each], [1300, 1300]);
  });

  it('has everybody back after a storm: at a queue’s own pace, later where more come at once than are let in', () => {
    const storm = (jitter_ms: number, welcomes_a_second: number) =>
      reconnectStorm(small, { lost: 0.25, jitter_ms, patience_ms: 5000, welcomes_a_second }, 1);
    const fast = storm(10_000, 10_000);
    assert.ok(fast.seconds <= 10.1 && fast.retries === 0 && fast.longest_queue < 20, JSON.stringify(fast));
    const slow = storm(1000, 50);
    const least = slow.each / 50;
    assert.ok(slow.seconds >= least && slow.retries > 0, JSON.stringify(slow));
    assert.ok(storm(60_000, 50).retries < slow.retries, 'spread out, fewer give up');
  });
});
