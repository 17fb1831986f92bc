import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { MemoryLog } from '../../platform/log/memory.ts';
import type { Log, LogReader } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { HeldPartitions } from '../../schemas/generated/types.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { SharedWork, workersTopic } from './shared-work.ts';
import { lease_ms, renewal_ms } from './worker-table.ts';

const silent = pino({ level: 'silent' });
const partitions = 4;

/** Workers over one log, whose clock the test moves; each takes at once what is its own, and lets go when it is told to. */
async function workersOf(names: string[]) {
  let now = 1_000_000;
  const naps = new Set<{ name: string; until: number; wake: () => void }>();
  const log = new MemoryLog(fileCodec(), () => now);
  const asleep = new Set<string>();
  const clockOf = (name: string) => ({
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<boolean>((resolve) => {
        const end = (slept: boolean): void => {
          naps.delete(nap);
          signal?.removeEventListener('abort', aborted);
          resolve(slept);
        };
        const aborted = (): void => end(false);
        const nap = { name, until: now + milliseconds, wake: () => end(true) };
        naps.add(nap);
        signal?.addEventListener('abort', aborted);
      }),
  });
  const awake = async (name: string): Promise<void> => {
    while (asleep.has(name)) await new Promise((resolve) => setImmediate(resolve));
  };
  /** The log as a process sees it that may stand still at any await. */
  const logOf = (name: string): Log => ({
    declare: (topics) => log.declare(topics),
    topic: (topic) => log.topic(topic),
    isVolatile: (topic) => log.isVolatile(topic),
    bounds: (topic, partition) => log.bounds(topic, partition),
    offsetAt: (topic, partition, time) => log.offsetAt(topic, partition, time),
    close: () => log.close(),
    append: async (records) => {
      await awake(name);
      return log.append(records);
    },
    reader: (topic, partition, from) => {
      const reader = log.reader(topic, partition, from);
      return {
        next: async (max, wait_ms) => {
          const records = await reader.next(max, wait_ms);
          await awake(name);
          return records;
        },
        close: () => reader.close(),
      };
    },
  });
  const workers = new Map<string, { work: SharedWork; holds: Set<number> }>();
  const letGo = new Set<string>();
  const start = async (name: string): Promise<void> => {
    const work = new SharedWork(logOf(name), { worker: name, host: name }, clockOf(name), silent);
    const holds = new Set<number>();
    const converge = (): void => {
      const { run } = work.of('t', partitions);
      for (const partition of [...holds]) if (!run.includes(partition)) holds.delete(partition);
      if (holds.size === 0) letGo.add(name);
      for (const partition of run) holds.add(partition);
      work.tell();
    };
    workers.set(name, { work, holds });
    work.onChange(converge);
    const held = (): HeldPartitions[] => [{ topology: 't', deployment: 1, partitions: [...holds] }];
    await work.start({ can: () => ['t'], holds: () => (holds.size > 0 ? held() : []) });
    converge();
  };
  for (const name of names) await start(name);
  return {
    holdsOf: (name: string) => [...workers.get(name)!.holds].sort(),
    start,
    /** Those that held nothing for a moment since the last call. */
    letGo: () => {
      const names = [...letGo];
      letGo.clear();
      return names;
    },
    leave: (name: string) => workers.get(name)!.work.leave(),
    /** The process stands still: its timers don't run. */
    pause: (name: string) => asleep.add(name),
    wake: (name: string) => asleep.delete(name),
    advance: async (milliseconds: number): Promise<void> => {
      for (const end = now + milliseconds; now < end; ) {
        now += renewal_ms;
        for (const nap of [...naps]) {
          if (nap.until > now || asleep.has(nap.name)) continue;
          nap.wake();
        }
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

describe('sharing partitions', () => {
  it('gives all to the first worker, and half of them on to the second, once they are let go', async () => {
    const cluster = await workersOf(['a']);
    await eventually(() => assert.deepEqual(cluster.holdsOf('a'), [0, 1, 2, 3]));
    await cluster.start('b');
    await eventually(() => {
      assert.equal(cluster.holdsOf('b').length, 2);
      assert.deepEqual([...cluster.holdsOf('a'), ...cluster.holdsOf('b')].sort(), [0, 1, 2, 3]);
    });
    await cluster.leave('a');
    await eventually(() => assert.deepEqual(cluster.holdsOf('b'), [0, 1, 2, 3]));
    await cluster.leave('b');
  });

  it('takes over from one that says nothing any more; that one lets go of all when it wakes up', async () => {
    const cluster = await workersOf(['a', 'b']);
    await eventually(() => assert.equal(cluster.holdsOf('b').length, 2));
    const former = cluster.holdsOf('a');
    cluster.pause('a');
    await cluster.advance(lease_ms + 3 * renewal_ms);
    assert.deepEqual(cluster.holdsOf('b'), [0, 1, 2, 3]);
    cluster.letGo();
    cluster.wake('a');
    await cluster.advance(5 * renewal_ms);
    await eventually(() => assert.deepEqual(cluster.holdsOf('a'), former));
    assert.deepEqual(cluster.letGo(), ['a']);
    assert.deepEqual([...cluster.holdsOf('a'), ...cluster.holdsOf('b')].sort(), [0, 1, 2, 3]);
    await cluster.leave('a');
    await cluster.leave('b');
  });

  it('waits anew for a partition that went to another worker and comes back', async () => {
    let now = 1_000_000;
    const log = new MemoryLog(fileCodec(), () => now);
    const clock = {
      now: () => now,
      sleep: (_: number, signal: AbortSignal) =>
        new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false))),
    };
    const work = new SharedWork(log, { worker: 'a', host: 'a' }, clock, silent);
    let changes = 0;
    work.onChange(() => changes++);
    await work.start({ can: () => ['t'], holds: () => [] });
    const holds = [{ topology: 't', deployment: 1, partitions: [0, 1, 2, 3] }];
    const other = async (can: string[]): Promise<void> => {
      const value = { worker: 'b', life: 1, host: 'b', leaves: false, can, holds };
      const before = changes;
      await log.append([{ topic: workersTopic.name, key: 'b', schema: 'WorkerNote', value }]);
      await eventually(() => assert.ok(changes > before));
    };
    await other([]);
    assert.deepEqual(work.of('t', partitions).run, []);
    now += 20_000;
    const all = [0, 1, 2, 3];
    assert.deepEqual(work.of('t', partitions).run, all);
    await other(['t']);
    const kept = work.of('t', partitions).run;
    assert.equal(kept.length, 2);
    await other([]);
    assert.deepEqual(work.of('t', partitions).run, kept);
    now += 20_000;
    assert.deepEqual(work.of('t', partitions).run, all);
    await work.leave();
  });

  it('closes each reader: one that failed, and none is opened while it leaves', async () => {
    const log = new MemoryLog(fileCodec());
    const open = new Set<LogReader>();
    let failed = 0;
    const original = log.reader.bind(log);
    log.reader = (...from) => {
      const reader = original(...from);
      const next = async (max: number, wait_ms?: number) => {
        const records = await reader.next(max, wait_ms);
        if (wait_ms !== undefined) return records;
        failed++;
        throw new Error('the broker is away');
      };
      const own = { next, close: () => void open.delete(own) };
      open.add(own);
      return own;
    };
    let wake: (slept: boolean) => void = () => undefined;
    const clock = {
      now: () => 0,
      sleep: (_: number, signal: AbortSignal) =>
        new Promise<boolean>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(false));
        }),
    };
    const work = new SharedWork(log, { worker: 'a', host: 'a' }, clock, silent);
    await work.start({ can: () => ['t'], holds: () => [] });
    await eventually(() => assert.equal(failed, 1));
    wake(true);
    await eventually(() => assert.equal(failed, 2));
    assert.ok(open.size <= 1, `${open.size} readers are open`);
    await work.leave();
    assert.equal(open.size, 0);
  });

  it('that never began leaves without a word', async () => {
    const said: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void said.push(line) });
    const clock = { now: () => 0, sleep: async () => false };
    await new SharedWork(new MemoryLog(fileCodec()), { worker: 'a', host: 'a' }, clock, logger).leave();
    assert.deepEqual(said, []);
  });
});
