import type { Logger } from 'pino';
import { messageOf } from '../platform/errors/error.ts';
import type { Deployments, Version } from './deployment/deployments.ts';
import { deploymentMark, scopeOf } from './scope.ts';
import { cutRecord } from './task/cut.ts';
import type { TaskObserver } from './task/observer.ts';
import type { TaskPorts } from './task/ports.ts';
import { pauseBefore } from './task/retry.ts';
import { Task, type TaskEnd, type TaskOptions } from './task/task.ts';
import { defaultErrors } from './topology/format/index.ts';
import type { TopologyPlan } from './topology/plan.ts';

export type PartitionState = 'running' | 'taking-over' | 'restarting' | 'stopped';

export interface PartitionHooks {
  observer(version: Version, shadow: boolean): TaskObserver;
  restarted(error: unknown): void;
  logger: Logger;
}

const poll_ms = 20;

/** The version that begins, and where its sources go on; undefined: the process stops. */
type Taken = { version: Version; positions: ReadonlyMap<string, number> } | undefined;

/**
 * One partition of one topology in this process, whatever version of it should run. A new version takes over at a cut: a
 * record in the partition of each source, before which the old one ends and with which the new one begins. Where the new
 * one needs other states it first makes them beside the old one, and nothing leaves it until the cut. The offset of a
 * pseudo consumer says which deployment a partition is at, in one commit with where the new version goes on; so whatever
 * is killed when, a record belongs to exactly one of them.
 */
export class PartitionRunner {
  state: PartitionState = 'running';
  error: string | null = null;
  /** Of the deployment that runs here. */
  deployment = 0;
  task: Task | undefined;
  readonly ended: Promise<void>;
  private readonly stopping = new AbortController();
  /** Failures in a row of the task that runs. */
  private failures = 0;
  private shadow: Task | undefined;

  constructor(
    readonly topology: string,
    readonly partition: number,
    private readonly deployments: Deployments,
    private readonly ports: TaskPorts,
    private readonly hooks: PartitionHooks,
  ) {
    this.ended = this.run().finally(() => {
      this.state = 'stopped';
    });
  }

  /** Lets units under way end. */
  stop(): void {
    this.stopping.abort();
  }

  /** Begins the task anew from its last commit, as after a failure. */
  restart: (reason: string) => void = () => undefined;

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        return await this.runVersions(signal);
      } catch (error) {
        // What was noted so far says from where to go on.
        if (signal.aborted) return;
        this.state = 'restarting';
        this.failed(error);
        await this.ports.clock.sleep(pauseBefore(defaultErrors, attempt), signal);
      }
    }
  }

  /** One version after the other, as deployments want them. */
  private async runVersions(signal: AbortSignal): Promise<void> {
    let version = await this.begin();
    let positions: ReadonlyMap<string, number> | undefined;
    while (version && !signal.aborted) {
      const life = new AbortController();
      this.deployment = version.since;
      const live = this.keepRunning(version, positions, AbortSignal.any([signal, life.signal]));
      try {
        let taken: Taken | 'superseded' = 'superseded';
        while (taken === 'superseded') {
          this.state = 'running';
          const next = await this.nextVersion(version, live, signal);
          if (!next) return;
          this.state = 'taking-over';
          taken = await this.takeOver(version, next, { live, end: () => life.abort() }, signal);
        }
        if (!taken) return;
        ({ version, positions } = taken);
      } finally {
        // It has ended by itself where all went well; nothing may run on where it did not.
        life.abort();
        await live;
      }
    }
  }

  /** The version at which this partition is; where none is, the wanted one. */
  private async begin(): Promise<Version | undefined> {
    const wanted = this.deployments.wanted(this.topology);
    if (!wanted) return undefined;
    const at = await this.ports.units.offset(deploymentMark(this.topology), this.partition);
    if (at === wanted.since) return wanted;
    const before = at === undefined ? undefined : this.deployments.version(this.topology, at);
    if (before && this.deployments.isTrue(before)) return before;
    // Nothing ran here yet, or what ran can't run any more, for its code is gone: it has ended where its offsets are.
    const ran = at === undefined ? undefined : this.deployments.entry(this.topology, at);
    const beside = ran && ran.generation !== wanted.generation;
    if (beside) this.state = 'taking-over';
    const positions = beside ? await this.committed(ran.generation, wanted.plan) : new Map<string, number>();
    if (beside) await this.makeStates(wanted, { until: positions }, this.stopping.signal);
    await this.mark(wanted, positions);
    return wanted;
  }

  /** Resolves with the version to which to go over, or undefined once the task has ended by itself. */
  private async nextVersion(
    version: Version,
    live: Promise<TaskEnd>,
    signal: AbortSignal,
  ): Promise<Version | undefined> {
    let ended = false;
    let wake: () => void = () => undefined;
    void live.finally(() => {
      ended = true;
      wake();
    });
    const unlisten = this.deployments.onChange(() => wake());
    try {
      while (!ended && !signal.aborted) {
        const wanted = this.deployments.wanted(this.topology);
        if (wanted && wanted.since > version.since) return wanted;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      // A cut of a deployment that was interrupted: it was made for a version that is known.
      const { cut } = await live;
      return cut === undefined ? undefined : this.deployments.version(this.topology, cut);
    } finally {
      unlisten();
    }
  }

  /** Resolves once the new version may begin, with where; undefined when the signal aborted. */
  private async takeOver(
    version: Version,
    next: Version,
    { live, end }: { live: Promise<TaskEnd>; end: () => void },
    signal: AbortSignal,
  ): Promise<Taken | 'superseded'> {
    const beside = next.generation !== version.generation;
    if (this.isStuck()) {
      // It will never reach a cut. What it has committed is where it ends; the rest is the new one's.
      end();
      const { positions } = await live;
      const at = await this.committed(version.generation, version.plan);
      if (beside) await this.makeStates(next, { until: at }, signal);
      return this.goOver(next, beside ? at : new Map(), positions, signal);
    }
    const shadow = new AbortController();
    // What has the states of before goes on with them; other states are brought near the end before anything is cut.
    const states = beside ? this.makeStates(next, {}, AbortSignal.any([signal, shadow.signal])) : Promise.resolve();
    try {
      if (beside && !(await this.nearEnd(next, states, signal))) return 'superseded';
      if (signal.aborted) return void (await live);
      const topics = new Set([...cutTopics(version.plan), ...cutTopics(next.plan)]);
      await this.ports.log.append(
        [...topics].map((topic) => cutRecord(this.topology, next.since, topic, this.partition)),
      );
      const { cut, positions } = await live;
      if (cut === undefined) return undefined;
      // An earlier deployment that was interrupted may have left its cut before this one's.
      const to = cut === next.since ? next : this.deployments.version(this.topology, cut);
      if (!to) throw new Error(`deployment ${cut} of ${this.topology}, to which this partition was cut, is not known`);
      if (to !== next) shadow.abort();
      await states;
      const others = to.generation !== version.generation;
      if (to !== next && others) await this.makeStates(to, {}, signal);
      return await this.goOver(to, others ? positions : new Map(), positions, signal);
    } finally {
      // Whatever comes next makes states of its own, and never two of the same at once.
      shadow.abort();
      await states;
    }
  }

  private async goOver(
    version: Version,
    offsets: ReadonlyMap<string, number>,
    positions: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ): Promise<Taken> {
    if (signal.aborted) return undefined;
    await this.mark(version, offsets);
    return { version, positions };
  }

  /** Whether what runs can't go on: it fails again and again, or tries one record without end. */
  private isStuck(): boolean {
    return this.state === 'restarting' || this.failures > 1 || this.task?.stuckOn !== undefined;
  }

  private async committed(generation: number, plan: TopologyPlan): Promise<Map<string, number>> {
    const scope = scopeOf(this.topology, generation);
    const found = new Map<string, number>();
    for (const id of sourcesOf(plan)) {
      const offset = await this.ports.units.offset(`${scope}/${id}`, this.partition);
      if (offset !== undefined) found.set(id, offset);
    }
    return found;
  }

  /** Makes the states of a version beside the one that runs, up to its cut. Those that are folds need no input. */
  private async makeStates(
    version: Version,
    shadow: NonNullable<TaskOptions['shadow']>,
    signal: AbortSignal,
  ): Promise<void> {
    const { plan, generation, since: deployment } = version;
    const options = { plan, partition: this.partition, generation, deployment, shadow };
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const task = new Task(options, this.ports, this.hooks.observer(version, true));
        if (foldsItsOutput(plan)) await task.restore(signal);
        else {
          this.shadow = task;
          await task.run(signal);
        }
        return;
      } catch (error) {
        this.failed(error);
        await this.ports.clock.sleep(pauseBefore(defaultErrors, attempt), signal);
      } finally {
        this.shadow = undefined;
      }
    }
  }

  /** Resolves once the states are about made: false when another version is wanted before that. */
  private async nearEnd(next: Version, states: Promise<void>, signal: AbortSignal): Promise<boolean> {
    let made = false;
    void states.then(() => {
      made = true;
    });
    while (!signal.aborted && !made && !(this.shadow && (await this.shadow.isNearEnd()))) {
      if (this.deployments.wanted(this.topology)?.since !== next.since) return false;
      await this.ports.clock.sleep(poll_ms, signal);
    }
    return true;
  }

  /** Notes, in one commit, that this partition is at a version, and where that goes on. */
  private async mark(version: Version, positions: ReadonlyMap<string, number>): Promise<void> {
    const { partition } = this;
    const scope = scopeOf(this.topology, version.generation);
    const kept = new Set(sourcesOf(version.plan));
    const offsets = [...positions]
      .filter(([id]) => kept.has(id))
      .map(([id, offset]) => ({ consumer: `${scope}/${id}`, partition, offset }));
    offsets.push({ consumer: deploymentMark(this.topology), partition, offset: version.since });
    await this.ports.units.commit({ rows: [], appends: [], state: [], offsets, folds: [] });
  }

  /** Runs a version until the signal aborts or a cut ends it; begins it anew, with pauses, when it fails. */
  private async keepRunning(
    version: Version,
    positions: ReadonlyMap<string, number> | undefined,
    signal: AbortSignal,
  ): Promise<TaskEnd> {
    const { plan, generation, since: deployment } = version;
    const pauses = this.deployments.pauses(this.topology);
    this.failures = 0;
    for (let attempt = 1; !signal.aborted; attempt++) {
      const began = this.ports.clock.now();
      const again = new AbortController();
      try {
        const given = attempt === 1 ? positions : new Map([...(positions ?? []), ...(this.task?.positions ?? [])]);
        const options = { plan, partition: this.partition, generation, deployment, pauses };
        const observer = this.hooks.observer(version, false);
        const task = new Task(given ? { ...options, positions: given } : options, this.ports, observer);
        this.task = task;
        this.state = this.state === 'restarting' ? 'running' : this.state;
        this.restart = (reason) => again.abort(new Error(reason));
        const end = await task.run(AbortSignal.any([signal, again.signal]));
        if (!again.signal.aborted || signal.aborted) return end;
        throw again.signal.reason;
      } catch (error) {
        if (signal.aborted) break;
        this.state = 'restarting';
        this.failed(error);
        // A task that ran for a minute was well: its next failure begins with the short pause again.
        if (this.ports.clock.now() - began > 60_000) attempt = 1;
        this.failures = attempt;
        await this.ports.clock.sleep(pauseBefore(defaultErrors, attempt), signal);
      }
    }
    return { cut: undefined, positions: new Map() };
  }

  private failed(error: unknown): void {
    this.error = messageOf(error);
    this.hooks.restarted(error);
    const { topology, partition } = this;
    this.hooks.logger.error({ topology, partition, error }, 'task failed: beginning anew from its last commit');
  }
}

function sourcesOf(plan: TopologyPlan): string[] {
  return plan.nodes.flatMap((node) => (node.kind === 'source' && !node.broadcast ? [node.id] : []));
}

function cutTopics(plan: TopologyPlan): string[] {
  return plan.nodes.flatMap((node) => (node.kind === 'source' && !node.broadcast ? [node.topic] : []));
}

/** Whether a state is a fold of what the topology itself puts out: it follows the version that runs, and needs no input. */
function foldsItsOutput(plan: TopologyPlan): boolean {
  const sources = new Set(plan.nodes.flatMap((node) => (node.kind === 'source' ? [node.topic] : [])));
  return plan.nodes.some(
    (node) => node.kind === 'processor' && node.state && 'folds' in node.state && !sources.has(node.state.folds),
  );
}
