import type { Version } from '../deployment/deployments.ts';
import type { PartitionRunner, PartitionState } from '../partition.ts';
import { scopeOf } from '../scope.ts';
import type { Worker } from '../sharing/port.ts';
import { type Intake, intakesOf } from '../task/intake.ts';
import type { TaskPorts } from '../task/ports.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import { secondsBehind } from './lag.ts';
import type { NodeStatus } from './node-meter.ts';
import { stateRows } from './state-rows.ts';

export interface SourceStatus {
  source: string;
  topic: string;
  partition: number;
  next: number;
  end: number;
  lag: number;
  /** For how long the oldest record that it has not taken has lain there. */
  lag_s: number;
}

export interface TaskStatus {
  partition: number;
  /** `unassigned`: nobody runs it. Of one that another process runs, that is all that is known here. */
  state: PartitionState | 'stalled' | 'unassigned';
  /** The deployment whose version runs there; 0: none yet. */
  deployment: number;
  /** The last failure. */
  error: string | null;
  /** The process that runs it, where it is another one. */
  worker: string | null;
}

export interface TopologyStatus {
  topology: string;
  version: number;
  description: string;
  /** What an operator holds: `topology`, or `topology/node`. */
  paused: string[];
  tasks: TaskStatus[];
  /** As this process has them. */
  nodes: { [node: string]: NodeStatus };
  /** How many rows each node that keeps state has here. */
  state_rows: { [node: string]: number };
  sources: SourceStatus[];
}

/** Every partition of a topology: those that run here, then what other processes say that they run. */
export function tasksOf(
  plan: TopologyPlan,
  count: number,
  here: ReadonlyMap<number, PartitionRunner> | undefined,
  workers: Worker[],
  isStalled: (runner: PartitionRunner) => boolean,
): TaskStatus[] {
  return Array.from({ length: count }, (_, partition): TaskStatus => {
    const runner = here?.get(partition);
    if (runner) {
      const { deployment, error } = runner;
      return { partition, state: isStalled(runner) ? 'stalled' : runner.state, deployment, error, worker: null };
    }
    for (const { host, holds } of workers) {
      const held = holds.find((entry) => entry.topology === plan.name && entry.partitions.includes(partition));
      if (held) return { partition, state: 'running', deployment: held.deployment, error: null, worker: host };
    }
    return { partition, state: 'unassigned', deployment: 0, error: null, worker: null };
  });
}

export async function statusOf(
  version: Version,
  tasks: TaskStatus[],
  here: ReadonlyMap<number, PartitionRunner>,
  context: { ports: TaskPorts; nodes: { [node: string]: NodeStatus }; paused: (string | undefined)[] },
): Promise<TopologyStatus> {
  const { topology: name, plan, generation } = version;
  const { ports, nodes, paused } = context;
  const sources = await Promise.all(tasks.map(({ partition }) => sourcesOf(version, partition, here, ports)));
  return {
    topology: name,
    version: version.version,
    description: plan.description,
    paused: paused.map((node) => (node === undefined ? name : `${name}/${node}`)),
    tasks,
    nodes,
    state_rows: stateRows(plan, generation, [...here.keys()], ports.state),
    sources: sources.flat(),
  };
}

/** What of a topology is measured. */
export type MeasuredStatus = Pick<TopologyStatus, 'topology' | 'sources' | 'state_rows'>;

/** What runs in this process alone: that of all processes can be added up. A partition that nobody runs is told by none. */
export async function measuredHere(
  running: PartitionRunner[],
  wanted: (topology: string) => Version | undefined,
  ports: TaskPorts,
): Promise<MeasuredStatus[]> {
  const here = new Map<string, Map<number, PartitionRunner>>();
  for (const runner of running)
    here.set(runner.topology, (here.get(runner.topology) ?? new Map()).set(runner.partition, runner));
  return Promise.all(
    [...here].flatMap(([topology, partitions]) => {
      const version = wanted(topology);
      return version ? [measured(version, partitions, ports)] : [];
    }),
  );
}

async function measured(
  version: Version,
  partitions: ReadonlyMap<number, PartitionRunner>,
  ports: TaskPorts,
): Promise<MeasuredStatus> {
  const { topology, plan, generation } = version;
  const numbers = [...partitions.keys()];
  const sources = await Promise.all(numbers.map((partition) => sourcesOf(version, partition, partitions, ports)));
  return { topology, sources: sources.flat(), state_rows: stateRows(plan, generation, numbers, ports.state) };
}

/** How far each source is in a partition: as its task has it, or as whoever runs it has told. */
async function sourcesOf(
  { topology, plan, generation }: Version,
  at: number,
  here: ReadonlyMap<number, PartitionRunner>,
  { log, units, clock }: TaskPorts,
): Promise<SourceStatus[]> {
  const task = here.get(at)?.task;
  const intakes = [...(task?.intakes ?? intakesOf(plan, at, scopeOf(topology, generation), log))];
  const counted = intakes.flatMap((intake) =>
    intake.kind === 'redrives' || (at > 0 && isWhole(intake)) ? [] : [intake],
  );
  // At once: each may have to ask a broker.
  return Promise.all(
    counted.map(async ({ id: source, topic, partition, consumer }): Promise<SourceStatus> => {
      const [told, { start, end }] = await Promise.all([
        task || consumer === undefined ? undefined : units.offset(consumer, partition),
        log.bounds(topic, partition),
      ]);
      const next = task?.positions.get(source) ?? told ?? (task || consumer !== undefined ? start : end);
      const lag_s = next < end ? await secondsBehind(log, { topic, partition, next }, clock.now()) : 0;
      return { source, topic, partition, next, end, lag: Math.max(0, end - next), lag_s };
    }),
  );
}

/** Read whole by every partition's task: one of them stands for all. */
function isWhole({ node }: Intake): boolean {
  return node !== undefined && 'broadcast' in node && node.broadcast === true;
}
