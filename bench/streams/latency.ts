import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaLog } from '../../platform/log/kafka.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { paced } from '../edge/paced.ts';
import { percentile, round } from '../statistics.ts';
import type { Contender } from './contenders.ts';
import { command, isRepeat, openTopics, partitions } from './job.ts';

/** What a contender does before it counts. */
const warm_s = 1;
const patience_ms = 10_000;

export interface LatencySample {
  p50_ms: number;
  p99_ms: number;
  cpu_us_an_event: number | undefined;
}

/**
 * From when a command was due to be appended to when its event has been read, at a fixed rate. Without a contender the
 * commands themselves are read: what appending and reading take by themselves.
 */
export async function latency(
  brokers: string,
  name: string,
  contender: Contender | undefined,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<LatencySample> {
  const log = await openTopics(brokers, name);
  const process = contender?.process;
  await process?.order({ start: { name, commands: `${name}.message_commands`, events: `${name}.message_events` } });
  const arrivals = new Map<string, number>();
  const ends = reading(log, contender ? 'message_events' : 'message_commands', arrivals);
  const due = new Map<string, number>();
  try {
    await appended(log, due, 0, rate, warm_s);
    await sleep(500);
    due.clear();
    const before = process?.cpu() ?? 0;
    await appended(log, due, rate * warm_s, rate, seconds);
    for (const until = Date.now() + patience_ms; [...due.keys()].some((at) => !arrivals.has(at)); await sleep(50))
      if (Date.now() > until)
        throw new Error(`${contender?.name ?? 'the log'} gave not all of ${due.size} events in time`);
    const used = (process?.cpu() ?? 0) - before;
    const taken = [...due].map(([at, time]) => arrivals.get(at)! - time);
    return {
      p50_ms: percentile(taken, 50),
      p99_ms: percentile(taken, 99),
      cpu_us_an_event: process && round((used * 1e6) / taken.length),
    };
  } finally {
    ends();
    await process?.order({ stop: true });
    await log.close();
  }
}

/** Appends commands from the nth on, and notes when each that leads to an event was due, under its place. */
async function appended(
  log: KafkaLog,
  due: Map<string, number>,
  from: number,
  rate: number,
  seconds: number,
): Promise<void> {
  const calls: Promise<void>[] = [];
  const began = performance.now();
  await paced(rate, seconds, (i) => {
    const value = command(from + i);
    const key = `acme\0#${value.channel_id}`;
    const time = began + (i * 1000) / rate;
    const call = log.append([{ topic: 'message_commands', key, schema: 'MessageCommand', value }]);
    calls.push(
      call.then(([place]) => {
        if (!isRepeat(from + i)) due.set(`${place!.partition}/${place!.offset}`, time);
      }),
    );
  });
  await Promise.all(calls);
}

/** Notes when what follows from the command at each place has been read; returns what ends that. */
function reading(log: KafkaLog, topic: string, arrivals: Map<string, number>): () => void {
  const readers = Array.from({ length: partitions }, (_, partition) => log.reader(topic, partition, 0));
  for (const [partition, reader] of readers.entries())
    void (async () => {
      for (;;) {
        const records = await reader.next(1000);
        if (records.length === 0) return;
        const now = performance.now();
        for (const record of records) {
          const { schema, value } = record.decoded();
          const offset = schema === 'MessageEvent' ? (value as MessageEvent).command_offset : record.offset;
          arrivals.set(`${partition}/${offset}`, now);
        }
      }
    })();
  return () => {
    for (const reader of readers) reader.close();
  };
}
