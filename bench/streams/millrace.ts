// Millrace's runtime with the sequencer alone, as a worker runs it on Kafka. Takes the orders that the other contenders take.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { Registry } from 'prom-client';
import { parseSettings } from '../../config/parse.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import { systemClock } from '../../runtime/clock.ts';
import { RuntimeMetrics } from '../../runtime/observing/runtime-metrics.ts';
import { openKafkaLog } from '../../server/engines/kafka-log.ts';
import { startTopologies } from '../../server/topologies.ts';
import { partitions } from './job.ts';

const topologies = fileURLToPath(new URL('./topologies/', import.meta.url));
const logger = pino({ level: 'warn' }, process.stderr);
const fail = (error: unknown): never => {
  throw error;
};

async function start(namespace: string): Promise<() => Promise<void>> {
  const folder = mkdtempSync(`${tmpdir()}/millrace-bench-`);
  const settings = parseSettings({
    MILLRACE_LOG: 'kafka',
    MILLRACE_KAFKA_BROKERS: process.env['BENCH_BROKERS'],
    MILLRACE_NAMESPACE: namespace,
  });
  const engine = await openKafkaLog(settings, folder, { onDiskFailure: fail, onError: fail });
  const running = await startTopologies(
    topologies,
    settings,
    // No node of this topology writes to an index.
    { ...engine, search: {} as SearchIndex, clock: systemClock },
    { partitions, gateways: [] },
    { worker: 'bench', host: 'bench', runs: () => true, deploys: true, shares: false, handOver: engine.handOver },
    new RuntimeMetrics(new Registry()),
    logger,
  );
  return async () => {
    await running.stop(5000);
    await engine.close();
    rmSync(folder, { recursive: true });
  };
}

let stop: () => Promise<void> = async () => undefined;
createInterface({ input: process.stdin }).on('line', async (line) => {
  const order = JSON.parse(line) as { start?: { name: string } };
  if (order.start) stop = await start(order.start.name);
  else await stop();
  console.log('{"done":true}');
});
process.on('SIGTERM', () => process.exit(0));
console.log('{"url":""}');
