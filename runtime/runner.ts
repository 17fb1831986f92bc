import type { Logger } from 'pino';
import { messageOf } from '../platform/errors/error.ts';
import type { TopicSpec } from '../platform/log/port.ts';
import { parseDuration } from './duration.ts';
import type { RuntimeMetrics } from './observer.ts';
import { secondsBehind } from './observing/lag.ts';
import type { NodeStatus } from './observing/node-meter.ts';
import { pauseBefore } from './retry.ts';
import { Task, type TaskPorts } from './task.ts';
import { defaultErrors } from './topology/format/index.ts';
import type { Plans, TopologyPlan } from './topology/plan.ts';

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

export interface TopologyStatus {
  topology: string;
  version: number;
  description: string;
  tasks: { partition: number; state: 'running' | 'restarting' | 'stopped'; error: string | null }[];
  nodes: { [node: string]: NodeStatus };
  sources: SourceStatus[];
}

interface Running {
  plan: TopologyPlan;
  partition: number;
  state: 'running' | 'restarting' | 'stopped';
  error: string | null;
  positions: Map<string, number>;
  ended: Promise<void>;
}

/** Runs every topology of a plan in this process, a task for each partition; begins a task anew, with pauses, when it fails. */
export class Runner {
  private readonly stopping = new AbortController();
  private readonly running: Running[] = [];

  constructor(
    private readonly plans: Plans,
    private readonly ports: TaskPorts,
    private readonly options: RunnerOptions,
    private readonly metrics: RuntimeMetrics,
    private readonly logger: Logger,
  ) {}

  /** Declares the topics and starts the tasks. Error: `conflict` for a changed partition count. */
  async start(): Promise<void> {
    await this.ports.log.declare(topicSpecs(this.plans, this.options));
    for (const plan of this.plans.topologies) {
      for (let partition = 0; partition < this.partitionsOf(plan); partition++) {
        const task: Running = {
          plan,
          partition,
          state: 'running',
          error: null,
          positions: new Map(),
          ended: Promise.resolve(),
        };
        task.ended = this.keepRunning(task);
        this.running.push(task);
      }
    }
  }

  /** Lets units under way end. Resolves when every task has stopped, or after `deadline_ms`: false then. */
  async stop(deadline_ms: number): Promise<boolean> {
    this.stopping.abort();
    const ended = Promise.all(this.running.map((task) => task.ended)).then(() => true);
    const timer = new AbortController();
    const late = this.ports.clock.sleep(deadline_ms, timer.signal).then(() => false);
    const clean = await Promise.race([ended, late]);
    timer.abort();
    return clean;
  }

  /** True while every task runs. */
  healthy(): boolean {
    return this.running.every((task) => task.state === 'running');
  }

  async status(): Promise<TopologyStatus[]> {
    return Promise.all(
      this.plans.topologies.map(async (plan) => {
        const tasks = this.running.filter((task) => task.plan === plan);
        const sources: SourceStatus[] = [];
        for (const task of tasks) {
          for (const node of plan.nodes) {
            if (node.kind !== 'source' || (node.broadcast && task.partition > 0)) continue;
            const partition = node.broadcast ? 0 : task.partition;
            const { start, end } = await this.ports.log.bounds(node.topic, partition);
            const committed = await this.ports.units.offset(`${plan.name}/${node.id}`, partition);
            const next =
              task.positions.get(node.id) ??
              (this.ports.log.topic(node.topic)?.volatile ? start : (committed ?? start));
            const at = { topic: node.topic, partition, next };
            const lag_s = next < end ? await secondsBehind(this.ports.log, at, this.ports.clock.now()) : 0;
            sources.push({ source: node.id, ...at, end, lag: Math.max(0, end - next), lag_s });
          }
        }
        return {
          topology: plan.name,
          version: plan.version,
          description: plan.description,
          tasks: tasks.map(({ partition, state, error }) => ({ partition, state, error })),
          nodes: this.metrics.nodes(plan),
          sources,
        };
      }),
    );
  }

  private async keepRunning(task: Running): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; !signal.aborted; attempt++) {
      const began = this.ports.clock.now();
      try {
        const observer = this.metrics.observer(task.plan.name, this.logger, task.positions);
        task.state = 'running';
        await new Task({ plan: task.plan, partition: task.partition }, this.ports, observer).run(signal);
        if (signal.aborted) break;
      } catch (error) {
        if (signal.aborted) break;
        task.state = 'restarting';
        task.error = messageOf(error);
        this.metrics.restarts.inc({ topology: task.plan.name });
        this.logger.error(
          { topology: task.plan.name, partition: task.partition, error },
          'task failed: beginning anew from its last commit',
        );
        // A task that ran for a minute was well: its next failure begins with the short pause again.
        if (this.ports.clock.now() - began > 60_000) attempt = 1;
        await this.ports.clock.sleep(pauseBefore(defaultErrors, attempt), signal);
      }
    }
    task.state = 'stopped';
  }

  private partitionsOf(plan: TopologyPlan): number {
    const counts = plan.nodes.flatMap((node) =>
      node.kind === 'source' && !node.broadcast ? [this.ports.log.topic(node.topic)!.partitions] : [],
    );
    if (new Set(counts).size > 1)
      throw new Error(`topology ${plan.name}: its sources differ in their count of partitions`);
    return counts[0] ?? 1;
  }
}

/** The topics of a deployment, families written out. */
export function topicSpecs(plans: Plans, options: RunnerOptions): TopicSpec[] {
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
