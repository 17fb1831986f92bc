import type { Logger } from 'pino';
import { MillraceError, messageOf } from '../platform/errors/error.ts';
import type { HeldPartitions } from '../schemas/generated/types.ts';
import type { Deployments, Version } from './deployment/deployments.ts';
import type { RuntimeMetrics } from './observing/runtime-metrics.ts';
import { statusOf, type TaskStatus, type TopologyStatus, tasksOf } from './observing/status.ts';
import { PartitionRunner } from './partition.ts';
import { alone, type Share, type Sharing } from './sharing/port.ts';
import { Standbys } from './standbys.ts';
import { unobserved } from './task/observer.ts';
import type { TaskPorts } from './task/ports.ts';
import type { TopologyPlan } from './topology/plan.ts';
import { partitionsOf, type RunnerOptions, topicSpecs } from './topology/topic-specs.ts';
import { Watchdog } from './watchdog.ts';

/** How this process shares its work with others; by default it runs all. */
export interface SharedRun {
  sharing: Sharing;
  /** Resolves once others can know how far consumers have come here: before a partition is given on. */
  handOver(): Promise<void>;
}

/** Runs what should run here, a task for each partition of each topology that is this process's, and follows each change of it. */
export class Runner {
  /** By topology and partition. */
  private readonly running = new Map<string, Map<number, PartitionRunner>>();
  /** Asked to stop; until then nobody else may begin them, and they count as held. */
  private readonly ending = new Map<string, { partition: PartitionRunner; ended: Promise<void> }>();
  private readonly standbys: Standbys;
  private readonly watchdog: Watchdog;
  private readonly unlisten: (() => void)[] = [];
  private converging: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    readonly deployments: Deployments,
    private readonly ports: TaskPorts,
    private readonly options: RunnerOptions,
    private readonly metrics: RuntimeMetrics,
    private readonly logger: Logger,
    private readonly shared: SharedRun = { sharing: alone, handOver: async () => undefined },
  ) {
    this.watchdog = new Watchdog(ports.log, ports.clock, logger);
    this.standbys = new Standbys(ports, logger);
  }

  /** Declares the topics and starts the tasks. Errors: `conflict` for a changed partition count; `topology_invalid`. */
  async start(): Promise<void> {
    await this.converge();
    // One after the other, each with what is wanted by then.
    const again = (): void => {
      this.converging = this.converging.then(() => this.convergeAgain());
    };
    this.unlisten.push(this.deployments.onChange(again), this.shared.sharing.onChange(again));
    this.watchdog.start(() => this.partitions());
  }

  /** Lets units under way end. Resolves when every task has stopped, or after `deadline_ms`: false then. */
  async stop(deadline_ms: number): Promise<boolean> {
    this.stopped = true;
    for (const unlisten of this.unlisten.splice(0)) unlisten();
    this.watchdog.stop();
    await this.converging;
    for (const [name, partitions] of this.running) for (const partition of partitions.keys()) this.end(name, partition);
    const ended = Promise.all([this.standbys.stop(), ...[...this.ending.values()].map((entry) => entry.ended)]);
    const timer = new AbortController();
    const late = this.ports.clock.sleep(deadline_ms, timer.signal).then(() => false);
    const clean = await Promise.race([ended.then(() => true), late]);
    timer.abort();
    return clean;
  }

  /** True while every task here runs, and none stands still before records that it should take. */
  healthy(): boolean {
    return this.partitions().every(
      (partition) =>
        (partition.state === 'running' || partition.state === 'taking-over') && !this.watchdog.isStalled(partition),
    );
  }

  /** Topologies whose wanted version the code here is that of. */
  able(): string[] {
    const names = this.deployments.current?.topologies.map(({ topology }) => topology) ?? [];
    return names.filter((name) => {
      const version = this.deployments.wanted(name);
      return version !== undefined && this.deployments.isTrue(version);
    });
  }

  /** What runs here, or has not ended yet. */
  holds(): HeldPartitions[] {
    const held = new Map<string, HeldPartitions>();
    for (const { topology, partition, deployment } of [
      ...this.partitions(),
      ...[...this.ending.values()].map((entry) => entry.partition),
    ]) {
      const at = `${topology}/${deployment}`;
      const entry = held.get(at) ?? { topology, deployment, partitions: [] };
      entry.partitions.push(partition);
      held.set(at, entry);
    }
    return [...held.values()];
  }

  /** The deployment at which every partition of a topology is, whoever runs it; undefined while they differ, or one is run by nobody. */
  deploymentOf(topology: string): number | undefined {
    const at = new Set(this.tasks(topology).map((task) => task.deployment));
    const [only] = at;
    return at.size === 1 && only !== 0 ? only : undefined;
  }

  /** Every partition of a topology that should run, whoever runs it. */
  tasks(topology: string): TaskStatus[] {
    const plan = this.deployments.wanted(topology)?.plan;
    if (!plan) return [];
    return tasksOf(plan, this.partitionsOf(plan), this.running.get(topology), this.shared.sharing.workers(), (task) =>
      this.watchdog.isStalled(task),
    );
  }

  async status(): Promise<TopologyStatus[]> {
    const names = this.deployments.current?.topologies.map(({ topology }) => topology).sort() ?? [];
    const found = names.map((name) => this.deployments.wanted(name)).filter((version) => version !== undefined);
    return Promise.all(
      found.map((version) =>
        statusOf(version, this.tasks(version.topology), this.running.get(version.topology) ?? new Map(), {
          ...{ ports: this.ports, nodes: this.metrics.nodes(version.plan) },
          paused: this.deployments.pauses(version.topology).nodes,
        }),
      ),
    );
  }

  /** Those that run here. */
  partitions(): PartitionRunner[] {
    return [...this.running.values()].flatMap((partitions) => [...partitions.values()]);
  }

  /** What runs here, at which version. */
  versions(): { version: Version; partition: number }[] {
    return this.partitions().flatMap(({ topology, deployment, partition }) => {
      const version = this.deployments.version(topology, deployment);
      return version ? [{ version, partition }] : [];
    });
  }

  /** Begins what should run here and doesn't; stops what shouldn't. Versions are each partition's own business. */
  private async converge(): Promise<void> {
    const current = this.deployments.current;
    if (!current) return;
    const plans = this.deployments.plans(current.number);
    if (!plans)
      throw new MillraceError('topology_invalid', `deployment ${current.number} has errors against the code here`);
    await this.ports.log.declare(topicSpecs(plans, this.options));
    const shares = new Map<string, Share>();
    for (const plan of plans.topologies)
      shares.set(plan.name, this.shared.sharing.of(plan.name, this.partitionsOf(plan)));
    for (const [name, partitions] of this.running)
      for (const partition of partitions.keys())
        if (!shares.get(name)?.run.includes(partition)) this.end(name, partition);
    await this.standbys.only(shares, (name) => this.deployments.wanted(name));
    for (const plan of plans.topologies)
      for (const partition of shares.get(plan.name)!.run) {
        const runs = this.running.get(plan.name)?.has(partition) || this.ending.has(placeOf(plan.name, partition));
        if (!runs) this.begin(plan, partition);
      }
    this.shared.sharing.tell();
  }

  private begin(plan: TopologyPlan, number: number): void {
    const hooks = {
      observer: (version: Version, shadow: boolean) =>
        shadow ? unobserved : this.metrics.observer(version.topology, this.logger),
      restarted: () => this.metrics.restarts.inc({ topology: plan.name }),
      logger: this.logger,
    };
    const partitions = this.running.get(plan.name) ?? new Map<number, PartitionRunner>();
    partitions.set(number, new PartitionRunner(plan.name, number, this.deployments, this.ports, hooks));
    this.running.set(plan.name, partitions);
  }

  private end(name: string, number: number): void {
    const partitions = this.running.get(name)!;
    const partition = partitions.get(number)!;
    partitions.delete(number);
    if (partitions.size === 0) this.running.delete(name);
    partition.stop();
    const place = placeOf(name, number);
    const ended = partition.ended
      .then(() => this.shared.handOver())
      .catch((error: unknown) =>
        this.logger.warn({ error: messageOf(error) }, 'whoever goes on with a partition repeats some of its records'),
      )
      .finally(() => {
        this.ending.delete(place);
        this.shared.sharing.tell();
        // It may be wanted here again.
        if (!this.stopped) this.converging = this.converging.then(() => this.convergeAgain());
      });
    this.ending.set(place, { partition, ended });
  }

  private async convergeAgain(): Promise<void> {
    if (this.stopped) return;
    await this.converge().catch((error: unknown) => this.logger.error({ error }, 'what should run can not be run'));
  }

  private partitionsOf(plan: TopologyPlan): number {
    return partitionsOf(plan, this.ports.log);
  }
}

function placeOf(topology: string, partition: number): string {
  return `${topology}/${partition}`;
}
