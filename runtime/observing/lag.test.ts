import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Log, LogReader, LogRecord } from '../../platform/log/port.ts';
import { secondsBehind } from './lag.ts';

/** Of a log that fetches records from elsewhere, as Kafka's does, the part that is asked here. */
function remoteLog(answers: boolean): { log: Log; asked: () => number } {
  let asked = 0;
  const reader = (): LogReader => ({
    next: async (_max, wait_ms) => {
      asked++;
      return answers && wait_ms !== 0 ? [{ time: 40_000 } as LogRecord] : [];
    },
    close: () => undefined,
  });
  return { log: { reader } as unknown as Log, asked: () => asked };
}

const place = { topic: 'message_commands', partition: 3, next: 7 };

describe('the age of the oldest record that was not taken', () => {
  it('is told of a log that has to fetch it first, and not asked for twice', async () => {
    const { log, asked } = remoteLog(true);
    assert.deepEqual(await Promise.all([secondsBehind(log, place, 45_000), secondsBehind(log, place, 45_000)]), [5, 5]);
    assert.equal(await secondsBehind(log, place, 50_000), 10);
    assert.equal(asked(), 1);
    assert.equal(await secondsBehind(log, { ...place, next: 8 }, 50_000), 10);
    assert.equal(asked(), 2);
  });

  it('is asked for again, after a second, where it did not come', async () => {
    const { log, asked } = remoteLog(false);
    assert.equal(await secondsBehind(log, place, 45_000), 0);
    assert.equal(await secondsBehind(log, place, 45_500), 0);
    assert.equal(asked(), 1);
    await secondsBehind(log, place, 46_000);
    await secondsBehind(log, place, 46_001);
    assert.equal(asked(), 2);
  });
});
