import assert from 'node:assert/strict';
import { it } from 'node:test';
import pino from 'pino';
import type { Log } from '../platform/log/port.ts';
import type { PartitionRunner } from './partition.ts';
import { VirtualClock } from './testing/virtual-clock.ts';
import { Watchdog } from './watchdog.ts';

interface Scene {
  /** Undefined: its states are being restored. */
  position: number | undefined;
  end: number;
  stuckOn?: string | undefined;
  held: boolean;
  /** The log answers nothing. */
  away?: boolean;
}

async function watched(scene: Scene) {
  const clock = new VirtualClock(0);
  const restarts: string[] = [];
  const log = {
    bounds: async () => {
      if (scene.away) throw new Error('away');
      return { start: 0, end: scene.end };
    },
  } as unknown as Log;
  const task = {
    intakes: [{ id: 'events', topic: 't', partition: 0 }],
    positions: { get: () => scene.position },
    get stuckOn() {
      return scene.stuckOn;
    },
    isHeld: () => scene.held,
  };
  const partition = {
    topology: 'test',
    partition: 0,
    task,
    restart: (reason: string) => restarts.push(reason),
  } as unknown as PartitionRunner;
  const watchdog = new Watchdog(log, clock, pino({ level: 'silent' }));
  watchdog.start(() => [partition]);
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds * 2; i++) {
      clock.moveTo(clock.now() + 500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { watchdog, partition, restarts, pass };
}

it('a source that stands still before records has its task begun anew, once, until it moves', async () => {
  const scene: Scene = { position: 5, end: 9, held: false };
  const { watchdog, partition, restarts, pass } = await watched(scene);
  await pass(20);
  assert.deepEqual(restarts, []);
  await pass(60);
  assert.equal(restarts.length, 1);
  assert.match(restarts[0]!, /events stood still before records for 30 s/);
  assert.equal(watchdog.isStalled(partition), true);
  scene.position = 6;
  await pass(4);
  assert.equal(watchdog.isStalled(partition), false);
  await pass(60);
  assert.equal(restarts.length, 2);
  watchdog.stop();
});

it('goes on looking when the log was away for a while', async () => {
  const scene: Scene = { position: 5, end: 9, held: false, away: true };
  const { watchdog, restarts, pass } = await watched(scene);
  await pass(60);
  assert.deepEqual(restarts, []);
  scene.away = false;
  await pass(60);
  assert.equal(restarts.length, 1);
  watchdog.stop();
});

for (const [why, scene] of [
  ['has nothing to take', { position: 9, end: 9, held: false }],
  ['waits for its states', { position: undefined, end: 9, held: false }],
  ['is held by an operator', { position: 5, end: 9, held: true }],
  ['tries one record again and again', { position: 5, end: 9, held: false, stuckOn: 'search' }],
] as [string, Scene][]) {
  it(`a source that ${why} is left alone`, async () => {
    const { watchdog, restarts, pass } = await watched(scene);
    await pass(120);
    assert.deepEqual(restarts, []);
    watchdog.stop();
  });
}
