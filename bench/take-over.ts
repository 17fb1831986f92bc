import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseSettings } from '../config/parse.ts';
import type { SearchIndex } from '../platform/search/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { loadProcessors } from '../runtime/registry.ts';
import { Snapshots } from '../runtime/snapshots/snapshots.ts';
import { unobserved } from '../runtime/task/observer.ts';
import { Task } from '../runtime/task/task.ts';
import { checkTopologies, readTopologies } from '../runtime/topology/load.ts';
import { topicSpecs } from '../runtime/topology/topic-specs.ts';
import { openKafkaLog } from '../server/engines/kafka-log.ts';
import { event } from './event.ts';

const channels = 1000;
const place = { name: 'messages/sequence', partition: 0 };
/** What comes while a standby is between two looks, at a thousand messages a second and partition. */
const tail = 2000;

/**
 * How long a worker needs to have the sequencer's state of one partition, with a million keys, from the moment that the
 * partition is its own: as its standby, from a snapshot on an empty disk, and by folding the whole log, on Kafka.
 */
export async function takeOver({ quick }: { quick: boolean }): Promise<object> {
  const keys = quick ? 50_000 : 1_000_000;
  const printed = execFileSync(fileURLToPath(new URL('../ops/native/kafka/up.sh', import.meta.url)), {
    encoding: 'utf8',
  });
  const brokers = /KAFKA_BROKERS=(\S+)/.exec(printed)![1]!;
  const namespace = `bench-${Date.now().toString(36)}`;
  const folders: string[] = [];
  const plans = checkTopologies(readTopologies('topologies'), await loadProcessors(undefined)).plans!;
  const plan = plans.topologies.find(({ name }) => name === 'messages')!;
  const options = { partitions: 1, gateways: ['0'] };

  /** A worker on a disk of its own. */
  async function worker(folder = mkdtempSync(`${tmpdir()}/millrace-bench-`)) {
    folders.push(folder);
    const settings = parseSettings({
      MILLRACE_LOG: 'kafka',
      MILLRACE_KAFKA_BROKERS: brokers,
      MILLRACE_NAMESPACE: namespace,
    });
    const fail = (error: unknown): never => {
      throw error;
    };
    const engine = await openKafkaLog(settings, folder, { key: undefined, onDiskFailure: fail, onError: fail });
    await engine.log.declare(topicSpecs(plans, options));
    const snapshots = new Snapshots(engine, randomUUID);
    await snapshots.start(1);
    const state = engine.state.open(place.name, place.partition, { volatile: false });
    /** Seconds until the state is there. */
    const restore = async (standby: boolean): Promise<number> => {
      const ports = { ...engine, search: {} as SearchIndex, clock: systemClock, snapshots };
      const began = performance.now();
      const task = new Task({ plan, partition: 0, standby }, ports, unobserved);
      await task.restore(new AbortController().signal);
      return (performance.now() - began) / 1000;
    };
    return { folder, engine, snapshots, state, restore };
  }

  const first = await worker();
  const append = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 1000)
      await first.engine.log.append(
        Array.from({ length: Math.min(1000, to - i) }, (_, j) => {
          const at = i + j;
          const value = event(`channel-${at % channels}`, Math.floor(at / channels) + 1, at);
          return { topic: 'message_events', key: value.channel_id, schema: 'MessageEvent' as const, value };
        }),
      );
  };
  try {
    await append(0, keys);
    const folded_s = await first.restore(false);
    const rows = first.state.size();
    const saving = performance.now();
    await first.snapshots.save(first.state, place);
    const saved_s = (performance.now() - saving) / 1000;
    await first.engine.handOver();

    const empty = await worker();
    const fromSnapshot_s = await empty.restore(false);
    if (empty.state.size() !== rows) throw new Error(`${empty.state.size()} rows of ${rows} came by the snapshot`);
    await empty.engine.close();

    // The standby has looked, and some more has come since.
    await first.restore(true);
    await append(keys, keys + tail);
    const asStandby_s = await first.restore(false);
    await first.engine.close();
    const rounded = (seconds: number): number => Number(seconds.toFixed(2));
    return {
      rows,
      tail,
      as_standby_s: rounded(asStandby_s),
      from_snapshot_s: rounded(fromSnapshot_s),
      from_the_whole_log_s: rounded(folded_s),
      writing_a_snapshot_s: rounded(saved_s),
    };
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
