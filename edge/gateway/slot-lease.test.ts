import assert from 'node:assert/strict';
import { it } from 'node:test';
import pino from 'pino';
import { MemoryLog } from '../../platform/log/memory.ts';
import type { LogReader } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { GatewayLease } from '../../schemas/generated/types.ts';
import { SlotLease } from './slot-lease.ts';

it('a claim whose verdict could not be read is made anew, and no reader stays open', { timeout: 10_000 }, async () => {
  const log = new MemoryLog(fileCodec());
  await log.declare([{ name: 'gateways', partitions: 1, retention_ms: null, compact: false, volatile: true }]);
  const own: GatewayLease = { gateway: '1', epoch: 5, until: 1, holder: 'a', held: true };
  await log.append([{ topic: 'gateways', key: '1', schema: 'GatewayLease', value: own }]);
  const open = new Set<LogReader>();
  const original = log.reader.bind(log);
  let fails = true;
  log.reader = (...from) => {
    const reader = original(...from);
    const faulty: LogReader = {
      next: async (max, wait_ms) => {
        const records = await reader.next(max, wait_ms);
        if (!fails || wait_ms !== undefined) return records;
        fails = false;
        throw new Error('the broker is away');
      },
      close: () => {
        open.delete(faulty);
        reader.close();
      },
    };
    open.add(faulty);
    return faulty;
  };
  const options = { slots: ['0', '1'], holder: 'a', logger: pino({ level: 'silent' }) };
  const lease = new SlotLease(log, options, () => assert.fail('it was not held yet'));
  const { slot } = await lease.take();
  assert.equal(slot, '1');
  assert.equal(open.size, 1);
  await lease.release();
  assert.equal(open.size, 0);
});
