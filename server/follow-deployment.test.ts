import assert from 'node:assert/strict';
import { it } from 'node:test';
import pino from 'pino';
import { Registry } from 'prom-client';
import { MemoryLog } from '../platform/log/memory.ts';
import { fileCodec } from '../platform/schemas/files.ts';
import { Deployments } from '../runtime/deployment/deployments.ts';
import { RuntimeMetrics } from '../runtime/observing/runtime-metrics.ts';
import { Runner } from '../runtime/runner.ts';
import { alone, type Worker } from '../runtime/sharing/port.ts';
import type { TaskPorts } from '../runtime/task/ports.ts';
import { defaultErrors } from '../runtime/topology/format/index.ts';
import type { TopologyPlan } from '../runtime/topology/plan.ts';
import { type DeployProgress, followDeployment } from './follow-deployment.ts';

it('a process that runs nothing follows a deployment until the last worker has gone over', async () => {
  const log = new MemoryLog(fileCodec(), Date.now);
  await log.declare([{ name: 'numbers', partitions: 3, retention_ms: null, compact: false, volatile: false }]);
  const base = { version: 1, description: '', file: 'adding.yaml', errors: defaultErrors };
  const numbers = { kind: 'source' as const, id: 'numbers', topic: 'numbers', schema: 'ReadCommand' as const };
  const source = { ...numbers, broadcast: false, batch: { size: 1, within_ms: 0 }, in_flight: 1 };
  const plan: TopologyPlan = { name: 'adding', ...base, nodes: [source] };
  const deployments = Deployments.fixed({ topics: {}, topologies: [plan] });
  let workers: Worker[] = [];
  const runner = new Runner(
    deployments,
    { log } as unknown as TaskPorts,
    { partitions: 3, gateways: [] },
    new RuntimeMetrics(new Registry()),
    pino({ level: 'silent' }),
    { sharing: { ...alone, workers: () => workers }, handOver: async () => undefined },
  );
  const holds = (worker: string, deployment: number, partitions: number[]): Worker => ({
    ...{ worker, host: worker },
    holds: [{ topology: 'adding', deployment, partitions }],
  });
  const told: DeployProgress[] = [];
  const next = [
    [holds('a', 1, [0, 1]), holds('b', 0, [2])],
    // A later deployment has overtaken this one.
    [holds('a', 1, [0, 1]), holds('b', 2, [2])],
  ];
  for await (const progress of followDeployment({ deployments, runner }, 1, AbortSignal.timeout(5000))) {
    told.push(progress);
    workers = next.shift() ?? workers;
  }
  const over = { step: 'take-over', topology: 'adding', of: 3, failing: null };
  assert.deepEqual(told, [
    { ...over, partitions: 0 },
    { ...over, partitions: 2 },
    { ...over, partitions: 3 },
    { step: 'done', number: 1 },
  ]);
});
