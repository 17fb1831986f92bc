import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import pino from 'pino';
import { Registry } from 'prom-client';
import { type Engine, openEngine } from '../../platform/embedded/engine.ts';
import { channelKey } from '../../platform/keys.ts';
import type { Append, LogRecord } from '../../platform/log/port.ts';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { SearchDocument, SearchIndex } from '../../platform/search/port.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Deployments } from '../../runtime/deployment/deployments.ts';
import { RuntimeMetrics } from '../../runtime/observing/runtime-metrics.ts';
import { loadProcessors } from '../../runtime/registry.ts';
import { Runner } from '../../runtime/runner.ts';
import { loadTopologies } from '../../runtime/topology/load.ts';
import type { MessageCommand } from '../../schemas/generated/types.ts';

/** The shipped topologies over an embedded engine in a temporary folder. */
export interface Pipeline {
  engine: Engine;
  runner: Runner;
  indexed: SearchDocument[];
  stop(): Promise<void>;
}

export const codec = fileCodec();

export async function startPipeline(folder?: string, partitions = 2, topologies = 'topologies'): Promise<Pipeline> {
  const at = folder ?? (await mkdtemp(`${tmpdir()}/millrace-pipeline-`));
  const engine = openEngine(at, codec);
  const processors = await loadProcessors();
  const { plans, problems } = loadTopologies(topologies, processors);
  if (!plans) throw new Error(JSON.stringify(problems));
  const indexed: SearchDocument[] = [];
  const search = {
    index: async (documents: SearchDocument[]) => void indexed.push(...documents),
  } as unknown as SearchIndex;
  const runner = new Runner(
    Deployments.fixed(plans),
    { log: engine.log, state: engine.state, units: engine.units, search, clock: systemClock, codec },
    { partitions, gateways: ['0'] },
    new RuntimeMetrics(new Registry()),
    pino({ level: 'silent' }),
  );
  await runner.start();
  return {
    engine,
    runner,
    indexed,
    stop: async () => {
      await runner.stop(5000);
      await engine.close();
      if (!folder) await rm(at, { recursive: true });
    },
  };
}

export function sendCommand(channel: string, user: string, text: string, clientMsgId: string, request = 0): Append {
  const value: MessageCommand = {
    workspace_id: 'w',
    channel_id: channel,
    actor_id: user,
    reply_to: { gateway: '0', epoch: 1, request },
    carried: null,
    home: null,
    trace_id: '',
    body: {
      SendMessage: {
        text,
        client_msg_id: clientMsgId,
        root: null,
        mentions: [],
        mentions_channel: false,
        mentions_here: [],
      },
    },
  };
  return { topic: 'message_commands', key: channelKey('w', channel), schema: 'MessageCommand', value };
}

/** Reads `count` records of a topic's partition from `from` on. */
export async function readRecords(
  engine: Engine,
  topic: string,
  partition: number,
  count: number,
  from = 0,
): Promise<LogRecord[]> {
  const reader = engine.log.reader(topic, partition, from);
  const records: LogRecord[] = [];
  while (records.length < count) {
    const more = await reader.next(count - records.length, 5000);
    if (more.length === 0) throw new Error(`${topic} has ${records.length} of ${count} records`);
    records.push(...more);
  }
  reader.close();
  return records;
}
