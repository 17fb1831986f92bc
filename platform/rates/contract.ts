import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rates } from './port.ts';

export interface OpenRates {
  rates: Rates;
  /** Lets so much time pass. */
  pass(milliseconds: number): void;
}

const ann = { workspace_id: 'w', user_id: 'ann' };
const rate = { per_second: 100, burst: 200 };

/** What every adapter of rates must do. */
export function ratesContract(name: string, open: () => Promise<OpenRates>): void {
  describe(`rates contract: ${name}`, () => {
    const withRates = async (run: (opened: OpenRates) => Promise<void>): Promise<void> => {
      const opened = await open();
      try {
        await run(opened);
      } finally {
        await opened.rates.close();
      }
    };

    it('gives what a full bucket holds, and no more', () =>
      withRates(async ({ rates }) => {
        assert.equal(await rates.take(ann, 150, rate), 150);
        assert.equal(await rates.take(ann, 150, rate), 50);
        assert.equal(await rates.take(ann, 1, rate), 0);
      }));

    it('fills up with time, part of a request by part, to the brim', () =>
      withRates(async ({ rates, pass }) => {
        await rates.take(ann, 200, rate);
        // Ten steps of 15 ms are fifteen requests, though none of them is a whole number.
        let given = 0;
        for (let step = 0; step < 10; step++) {
          pass(15);
          given += await rates.take(ann, 50, rate);
        }
        assert.equal(given, 15);
        pass(3_600_000);
        assert.equal(await rates.take(ann, 500, rate), 200);
      }));

    it('gives blocks that are asked for at once out of one bucket', () =>
      withRates(async ({ rates }) => {
        const given = await Promise.all(Array.from({ length: 30 }, () => rates.take(ann, 10, rate)));
        assert.equal(
          given.reduce((sum, one) => sum + one, 0),
          200,
        );
      }));

    it('has a bucket for each person, and keeps ids apart that look alike in one key', () =>
      withRates(async ({ rates }) => {
        await rates.take(ann, 200, rate);
        await rates.take({ workspace_id: 'a:b', user_id: 'c' }, 200, rate);
        const others = [
          { workspace_id: 'v', user_id: 'ann' },
          { workspace_id: 'w', user_id: 'bob' },
          { workspace_id: 'a', user_id: 'b:c' },
        ];
        for (const other of others) assert.equal(await rates.take(other, 200, rate), 200);
      }));
  });
}
