import type { Control } from '../../schemas/generated/types.ts';
import type { Processor } from '../processor.ts';
import { Pauses } from '../task/pauses.ts';
import { checkTopologies, type Loaded } from '../topology/load.ts';
import type { Plans, TopologyPlan } from '../topology/plan.ts';
import { digestOf } from './digest.ts';

export type Deployment = Extract<Control['body'], { Deployment: unknown }>['Deployment'];
export type ReplayJob = Extract<Control['body'], { Replay: unknown }>['Replay'];
export type DeployedTopology = Deployment['topologies'][number];

/** A version of a topology that runs, ran, or should run. */
export interface Version extends DeployedTopology {
  plan: TopologyPlan;
}

/** The files of older ones are forgotten, but for those from which the newest one has topologies. */
const keptDeployments = 50;

/**
 * What should run, as the control topic tells it, and what did before. Listeners hear of each change. Deployments are
 * numbered without gaps; the newest one counts.
 */
export class Deployments {
  private readonly kept = new Map<number, Deployment>();
  /** By topology and `since`: whatever was deployed, without its files. As many as operators deployed, a few hundred bytes each. */
  private readonly entries = new Map<string, Map<number, DeployedTopology>>();
  private readonly loaded = new Map<number, Loaded>();
  private readonly held = new Map<string, Pauses>();
  /** The newest replay of each topology. */
  readonly replays = new Map<string, ReplayJob>();
  private readonly listeners = new Set<() => void>();
  private last = 0;

  constructor(public processors: Map<string, Processor>) {}

  /** One fixed set of topologies, for tests and tools: a deployment that nothing follows. */
  static fixed(plans: Plans): Deployments {
    const deployments = new Deployments(new Map());
    const topologies = plans.topologies.map(({ name, version }) => ({
      ...{ topology: name, version, digest: '', signature: '[]', generation: 1, since: 1 },
    }));
    const rest = { at: 0, by: 'start' as const, note: '', files: [], schemas: [], topics: '' };
    deployments.kept.set(1, { number: 1, topologies, ...rest });
    deployments.loaded.set(1, { plans, problems: [], sources: new Map(), canonical: new Map() });
    deployments.last = 1;
    return deployments;
  }

  /** Takes a record of the control topic. */
  apply({ body }: Control): void {
    if ('Deployment' in body) {
      // Two processes that deployed at once have both given it this number: whose record came first has it.
      if (body.Deployment.number <= this.last) return;
      this.kept.set(body.Deployment.number, body.Deployment);
      this.last = Math.max(this.last, body.Deployment.number);
      for (const entry of body.Deployment.topologies) this.note(entry);
      this.forget();
    } else if ('Replay' in body) {
      this.replays.set(body.Replay.topology, body.Replay);
    } else {
      const { topology, node, paused } = body.Pause;
      this.pauses(topology).set(node || undefined, paused);
    }
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls `listener` after each change; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get current(): Deployment | undefined {
    return this.kept.get(this.last);
  }

  /** Newest first. */
  get all(): Deployment[] {
    return [...this.kept.values()].sort((a, b) => b.number - a.number);
  }

  get(number: number): Deployment | undefined {
    return this.kept.get(number);
  }

  /** The version of a topology that should run; undefined where none should. */
  wanted(topology: string): Version | undefined {
    return this.version(topology, this.last);
  }

  /** The version that a deployment has; undefined where it can't be had any more, for its files don't fit the code here. */
  version(topology: string, deployment: number): Version | undefined {
    const entry = this.kept.get(deployment)?.topologies.find((other) => other.topology === topology);
    if (!entry) return undefined;
    const loaded = this.load(entry.since);
    const plan = loaded?.plans?.topologies.find(({ name }) => name === topology);
    return plan && { ...entry, plan };
  }

  /** A topology's versions that were ever deployed, newest first. */
  past(topology: string): DeployedTopology[] {
    return [...(this.entries.get(topology)?.values() ?? [])].reverse();
  }

  /** The version that was deployed first by this deployment, however long ago. */
  entry(topology: string, since: number): DeployedTopology | undefined {
    return this.entries.get(topology)?.get(since);
  }

  /** Whether the code here is that with which a version was deployed. */
  isTrue(version: Version): boolean {
    const canonical = this.load(version.since)?.canonical.get(version.topology);
    return version.digest === '' || (canonical !== undefined && digestOf(canonical, version.plan) === version.digest);
  }

  /** What a topology of a deployment says. */
  canonical(topology: string, deployment: number): string | undefined {
    return this.load(deployment)?.canonical.get(topology);
  }

  /** The plans of a deployment; undefined where its files have errors against the code here. */
  plans(deployment: number): Plans | undefined {
    return this.load(deployment)?.plans;
  }

  pauses(topology: string): Pauses {
    let pauses = this.held.get(topology);
    if (!pauses) {
      pauses = new Pauses();
      this.held.set(topology, pauses);
    }
    return pauses;
  }

  private load(number: number): Loaded | undefined {
    const known = this.loaded.get(number);
    if (known) return known;
    const deployment = this.kept.get(number);
    if (!deployment) return undefined;
    const loaded = checkTopologies(deployment.files, this.processors);
    this.loaded.set(number, loaded);
    return loaded;
  }

  private note(entry: DeployedTopology): void {
    const known = this.entries.get(entry.topology) ?? new Map<number, DeployedTopology>();
    this.entries.set(entry.topology, known.set(entry.since, entry));
  }

  private forget(): void {
    const needed = new Set(this.current?.topologies.map(({ since }) => since));
    for (const number of [...this.kept.keys()].sort((a, b) => a - b)) {
      if (number > this.last - keptDeployments || needed.has(number)) continue;
      this.kept.delete(number);
      this.loaded.delete(number);
    }
  }
}
