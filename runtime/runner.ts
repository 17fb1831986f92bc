import type { Logger } from 'pino';
import { MillraceError } from '../platform/errors/error.ts';
import type { TopicSpec } from '../platform/log/port.ts';
import type { Deployments, Version } from './deployment/deployments.ts';
import { parseDuration } from './duration.ts';
import type { RuntimeMetrics, TaskObserver } from './observer.ts';
import { secondsBehind } from './observing/lag.ts';
import type { NodeStatus } from './observing/node-meter.ts';
import { stateRows } from './observing/state-rows.ts';
import { PartitionRunner, type PartitionState } from './partition.ts';
import type { TaskPorts } from './task/ports.ts';
import type { Plans, TopologyPlan } from './topology/plan.ts';
import { Watchdog } from './watchdog.ts';

export interface RunnerOptions {
  /** Partition count of topics with `partitions: channels`. Final once chosen. */
  partitions: number;
  /** Gateway slots: each has a topic of its own. */
  gateways: string[];
}

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
  state: PartitionState | 'stalled';
  /** The deployment whose version runs here. */
  deployment: number;
  /** The last failure. */
  error: string | null;
}

export interface TopologyStatus {
  topology: string;
  version: number;
  description: string;
  /** What an operator holds: `topology`, or `topology/node`. */
  paused: string[];
  tasks: TaskStatus[];
  nodes: { [node: string]: NodeStatus };
  /** How many rows each node that keeps state has. */
  state_rows: { [node: string]: number };
  sources: SourceStatus[];
}

/** Runs in this process what should run, a task for each partition of each topology, and follows each change of it. */
export class Runner {
  private readonly running = new Map<string, PartitionRunner[]>();
  private readonly ending = new Set<Promise<void>>();
  private readonly watchdog: Watchdog;
  private unlisten: () => void = () => undefined;

  constructor(
    readonly deployments: Deployments,
    private readonly ports: TaskPorts,
    private readonly options: RunnerOptions,
    private readonly metrics: RuntimeMetrics,
    private readonly logger: Logger,
  ) {
    this.watchdog = new Watchdog(ports.log, ports.clock, logger);
  }

  /** Declares the topics and starts the tasks. Errors: `conflict` for a changed partition count; `topology_invalid`. */
  async start(): Promise<void> {
    await this.converge();
    this.unlisten = this.deployments.onChange(() => {
      this.converge().catch((error: unknown) => this.logger.error({ error }, 'what should run can not be run'));
    });
    this.watchdog.start(() => this.partitions());
  }

  /** Lets units under way end. Resolves when every task has stopped, or after `deadline_ms`: false then. */
  async stop(deadline_ms: number): Promise<boolean> {
    this.unlisten();
    this.watchdog.stop();
    for (const partition of this.partitions()) partition.stop();
    const ended = Promise.all([...this.partitions().map((partition) => partition.ended), ...this.ending]);
    const timer = new AbortController();
    const late = this.ports.clock.sleep(deadline_ms, timer.signal).then(() => false);
    const clean = await Promise.race([ended.then(() => true), late]);
    timer.abort();
    return clean;
  }

  /** True while every task runs, and none stands still before records that it should take. */
  healthy(): boolean {
    return this.partitions().every(
      (partition) =>
        (partition.state === 'running' || partition.state === 'taking-over') && !this.watchdog.isStalled(partition),
    );
  }

  /** The deployment at which every partition of a topology is; undefined while they differ, or none runs. */
  deploymentOf(topology: string): number | undefined {
    const at = new Set(this.running.get(topology)?.map((partition) => partition.deployment));
    return at.size === 1 ? [...at][0] : undefined;
  }

  async status(): Promise<TopologyStatus[]> {
    const names = [...this.running.keys()].sort();
    const found = await Promise.all(names.map((name) => this.statusOf(name)));
    return found.filter((status): status is TopologyStatus => status !== undefined);
  }

  partitions(): PartitionRunner[] {
    return [...this.running.values()].flat();
  }

  private async statusOf(name: string): Promise<TopologyStatus | undefined> {
    const running = this.running.get(name);
    const version = this.deployments.wanted(name);
    if (!running || !version) return undefined;
    const now = this.ports.clock.now();
    const sources: SourceStatus[] = [];
    for (const { task, partition: at } of running) {
      for (const intake of task?.intakes ?? []) {
        if (
          intake.kind === 'redrives' ||
          (at > 0 && intake.node && 'broadcast' in intake.node && intake.node.broadcast)
        )
          continue;
        const { id: source, topic, partition } = intake;
        const { start, end } = await this.ports.log.bounds(topic, partition);
        const next = task?.positions.get(source) ?? start;
        const lag_s = next < end ? await secondsBehind(this.ports.log, { topic, partition, next }, now) : 0;
        sources.push({ source, topic, partition, next, end, lag: Math.max(0, end - next), lag_s });
      }
    }
    return {
      topology: name,
      version: version.version,
      description: version.plan.description,
      paused: this.deployments.pauses(name).nodes.map((node) => (node === undefined ? name : `${name}/${node}`)),
      tasks: running.map((runner) => ({
        partition: runner.partition,
        state: this.watchdog.isStalled(runner) ? 'stalled' : runner.state,
        deployment: runner.deployment,
        error: runner.error,
      })),
      nodes: this.metrics.nodes(version.plan),
      state_rows: stateRows(
        version.plan,
        version.generation,
        running.map(({ partition }) => partition),
        this.ports.state,
      ),
      sources,
    };
  }

  /** Starts what should run and doesn't; stops what shouldn't. Versions are each partition's own business. */
  private async converge(): Promise<void> {
    const current = this.deployments.current;
    if (!current) return;
    const plans = this.deployments.plans(current.number);
    if (!plans)
      throw new MillraceError('topology_invalid', `deployment ${current.number} has errors against the code here`);
    await this.ports.log.declare(topicSpecs(plans, this.options));
    for (const plan of plans.topologies) if (!this.running.has(plan.name)) this.begin(plan);
    for (const [name, partitions] of this.running) {
      if (plans.topologies.some((plan) => plan.name === name)) continue;
      this.running.delete(name);
      for (const partition of partitions) {
        partition.stop();
        const ended: Promise<void> = partition.ended.finally(() => this.ending.delete(ended));
        this.ending.add(ended);
      }
    }
  }

  private begin(plan: TopologyPlan): void {
    const hooks = {
      observer: (version: Version, shadow: boolean) =>
        shadow ? unobserved : this.metrics.observer(version.topology, this.logger),
      restarted: () => this.metrics.restarts.inc({ topology: plan.name }),
      logger: this.logger,
    };
    const partitions = Array.from(
      { length: this.partitionsOf(plan) },
      (_, partition) => new PartitionRunner(plan.name, partition, this.deployments, this.ports, hooks),
    );
    this.running.set(plan.name, partitions);
  }

  private partitionsOf(plan: TopologyPlan): number {
    const counts = plan.nodes.flatMap((node) =>
      (node.kind === 'source' || node.kind === 'table') && !node.broadcast
        ? [this.ports.log.topic(node.topic)!.partitions]
        : [],
    );
    return counts[0] ?? 1;
  }
}

/** What makes states beside the version that runs is no part of what that one is seen to do. */
const unobserved: TaskObserver = {
  took: () => undefined,
  passed: () => undefined,
  committed: () => undefined,
  retried: () => undefined,
  deadLettered: () => undefined,
  inFlight: () => undefined,
};

/** The topics of a deployment, families written out. */
export function topicSpecs(plans: Pick<Plans, 'topics'>, options: RunnerOptions): TopicSpec[] {
  return Object.entries(plans.topics).flatMap(([name, entry]) => {
    const spec = {
      partitions: entry.partitions === 'channels' ? options.partitions : entry.partitions,
      retention_ms: entry.retention === undefined ? null : parseDuration(entry.retention)!,
      compact: entry.compact ?? false,
      volatile: entry.volatile ?? false,
    };
    return entry.family ? options.gateways.map((slot) => ({ name: `${name}_${slot}`, ...spec })) : [{ name, ...spec }];
  });
}
