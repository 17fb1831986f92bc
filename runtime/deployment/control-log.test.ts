import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MemoryLog } from '../../platform/log/memory.ts';
import type { LogReader } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { Control } from '../../schemas/generated/types.ts';
import { ControlLog, deadline_ms } from './control-log.ts';
import { Deployments } from './deployments.ts';

const pause: Control['body'] = { Pause: { topology: 'messages', node: '', paused: true, at: 0 } };

/** A log whose readers fail, or hand nothing over, when they are told to. */
class Faulty extends MemoryLog {
  private readonly open = new Set<LogReader>();
  fails = false;
  silent = false;

  get readers(): number {
    return this.open.size;
  }

  override reader(topic: string, partition: number, from: number | 'end'): LogReader {
    const reader = super.reader(topic, partition, from);
    const own: LogReader = {
      next: async (max, wait_ms) => {
        const records = await reader.next(max, wait_ms);
        if (this.silent && records.length > 0) return own.next(max, wait_ms);
        if (!this.fails) return records;
        this.fails = false;
        throw new Error('the broker is away');
      },
      close: () => {
        this.open.delete(own);
        reader.close();
      },
    };
    this.open.add(own);
    return own;
  }
}

async function start() {
  const log = new Faulty(fileCodec());
  const deployments = new Deployments(new Map());
  const errors: unknown[] = [];
  const control = new ControlLog(log, deployments, (error) => errors.push(error));
  await control.start();
  return { log, deployments, control, errors };
}

it('what should run is heard of again once the log can be read again', { timeout: 10_000 }, async () => {
  const { log, deployments, control, errors } = await start();
  log.fails = true;
  await control.put(pause);
  assert.equal(errors.length, 1);
  assert.deepEqual(deployments.pauses('messages').nodes, [undefined]);
  assert.equal(log.readers, 1);
  await control.stop();
  assert.equal(log.readers, 0);
});

it('whoever changes what should run is told when it can not be read back', { timeout: 10_000 }, async (t) => {
  const { log, control } = await start();
  log.silent = true;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const put = control.put(pause);
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(deadline_ms);
  await assert.rejects(put, { code: 'unavailable' });
  t.mock.timers.reset();
  await control.stop();
});

it('a stop ends what waits, and one in the pause after a failure leaves no reader', { timeout: 10_000 }, async () => {
  const { log, control, errors } = await start();
  log.fails = true;
  const put = control.put(pause);
  const refused = assert.rejects(put, { code: 'unavailable' });
  while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await control.stop();
  await refused;
  assert.equal(log.readers, 0);
});
