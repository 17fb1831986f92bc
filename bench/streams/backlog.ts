import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaLog } from '../../platform/log/kafka.ts';
import type { Append } from '../../platform/log/port.ts';
import type { MessageEvent } from '../../schemas/generated/types.ts';
import { round } from '../statistics.ts';
import type { Contender } from './contenders.ts';
import { channels, command, endsOf, eventsOf, openTopics, partitions } from './job.ts';

const look_ms = 20;
/** The end of the events stands still for so long: nothing comes any more. */
const still_ms = 700;
const patience_ms = 60_000;
/** What a contender needs to begin is not its rate: this part of the events is left out. */
const left = 0.1;

export interface BacklogSample {
  events_a_second: number;
  cpu_us_an_event: number;
  /** Of one core. */
  events_a_cpu_second: number;
}

/** A contender that is started on `count` commands that are there already. */
export async function backlog(
  brokers: string,
  name: string,
  contender: Contender,
  count: number,
): Promise<BacklogSample> {
  const log = await openTopics(brokers, name);
  try {
    for (let from = 0; from < count; from += 1000)
      await log.append(
        Array.from({ length: Math.min(1000, count - from) }, (_, i): Append => {
          const value = command(from + i);
          return {
            topic: 'message_commands',
            key: `acme\0#${value.channel_id}`,
            schema: 'MessageCommand',
            value,
          };
        }),
      );
    const events = eventsOf(count);
    const looks = await watch(log, contender, { name, events });
    const times = await checked(log, events);
    const from = times[Math.floor(events * left)]!;
    const begun = looks.find(({ end }) => end >= events * left)!;
    const ended = looks.find(({ end }) => end === looks.at(-1)!.end)!;
    // Transactions leave marks in the log that are no events: parts of the way are told by the way.
    const part = (ended.end - begun.end) / ended.end;
    const cpu_us = ((ended.cpu - begun.cpu) * 1e6) / (part * events);
    return {
      events_a_second: Math.round((events * (1 - left) * 1000) / (times.at(-1)! - from)),
      cpu_us_an_event: round(cpu_us),
      events_a_cpu_second: Math.round(1e6 / cpu_us),
    };
  } finally {
    await log.close();
  }
}

interface Look {
  end: number;
  cpu: number;
}

async function watch(
  log: KafkaLog,
  { process, name: who }: Contender,
  { name, events }: { name: string; events: number },
): Promise<Look[]> {
  const looks: Look[] = [];
  const starting = process.order({
    start: { name, commands: `${name}.message_commands`, events: `${name}.message_events` },
  });
  let failed: unknown;
  starting.catch((error: unknown) => {
    failed = error;
  });
  const until = Date.now() + patience_ms;
  for (let moved = Date.now(); Date.now() - moved < still_ms || (looks.at(-1)?.end ?? 0) < events; ) {
    if (failed !== undefined) throw failed;
    if (Date.now() > until) throw new Error(`${who} made ${looks.at(-1)?.end} of ${events} events in time`);
    const look = { end: (await endsOf(log)).reduce((sum, end) => sum + end, 0), cpu: process.cpu() };
    if (look.end !== looks.at(-1)?.end) moved = Date.now();
    looks.push(look);
    await sleep(look_ms);
  }
  await starting;
  await process.order({ stop: true });
  return looks;
}

/** When each event was appended, in order of time; fails where one is missing, doubled or out of order. */
async function checked(log: KafkaLog, events: number): Promise<number[]> {
  const times: number[] = [];
  const revs = new Map<string, number>();
  const ids = new Set<string>();
  const ends = await endsOf(log);
  for (let partition = 0; partition < partitions; partition++) {
    const reader = log.reader('message_events', partition, 0);
    for (let next = 0; next < ends[partition]!; ) {
      const records = await reader.next(5000, 500);
      if (records.length === 0) break;
      for (const record of records) {
        const { channel_id, rev, body } = record.decoded().value as MessageEvent;
        if (rev !== (revs.get(channel_id) ?? 0) + 1) throw new Error(`rev ${rev} of ${channel_id} is out of order`);
        revs.set(channel_id, rev);
        if ('MessageChanged' in body) ids.add(body.MessageChanged.message.client_msg_id);
        times.push(record.time);
        next = record.offset + 1;
      }
    }
    reader.close();
  }
  if (times.length !== events || ids.size !== events || revs.size !== channels)
    throw new Error(
      `${times.length} events of ${ids.size} messages in ${revs.size} channels, where ${events} should be`,
    );
  return times.sort((a, b) => a - b);
}
