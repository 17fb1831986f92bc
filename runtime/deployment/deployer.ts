import { MillraceError } from '../../platform/errors/error.ts';
import type { Log } from '../../platform/log/port.ts';
import { compatibilityOf } from '../../schemas/compatibility.ts';
import { schemaVersions } from '../../schemas/history.ts';
import type { TopologyStatus } from '../observing/status.ts';
import type { Processor } from '../processor.ts';
import type { Runner } from '../runner.ts';
import { checkTopologies, type Loaded, type TopologyText } from '../topology/load.ts';
import { renderProblem } from '../topology/problem.ts';
import { type RunnerOptions, topicSpecs } from '../topology/topic-specs.ts';
import { compareTopics, compareTopology, type Wanted, wantedTopologies } from './compare.ts';
import type { ControlLog } from './control-log.ts';
import type { DeployPlan, SchemaChange, TopologyChange } from './deploy-plan.ts';
import type { Deployment, Deployments } from './deployments.ts';
import { hash } from './digest.ts';

export interface DeployPorts {
  log: Log;
  deployments: Deployments;
  control: ControlLog;
  runner: Runner;
  /** Every processor, those included whose files are new. */
  loadProcessors(): Promise<Map<string, Processor>>;
  clock: { now(): number };
}

interface Made {
  plan: DeployPlan;
  deployment: Omit<Deployment, 'at' | 'by' | 'note'>;
  processors: Map<string, Processor>;
}

/**
 * Compares topology files with what runs, and puts them into force: topics first, then the record by which every process
 * learns what to run; then each partition goes over to its new version by itself. Whatever is interrupted goes on by
 * itself, or by the same deploy again.
 */
export class Deployer {
  constructor(
    private readonly ports: DeployPorts,
    private readonly options: RunnerOptions,
  ) {}

  /** Error: `topology_invalid`, with every problem. Changes nothing. */
  async plan(files: TopologyText[]): Promise<DeployPlan> {
    return (await this.make(files)).plan;
  }

  /** Whether a plan of these files would have steps; how far consumers are is not asked for that. Error: `topology_invalid`. */
  async differs(files: TopologyText[]): Promise<boolean> {
    return (await this.make(files, async () => [])).plan.steps.length > 0;
  }

  /**
   * Puts files into force, and resolves once that is recorded; the number of the deployment, or of the one that runs where
   * nothing changes. Errors: those of `plan`; `conflict` where the plan has refusals, or isn't the one that was `expected`
   * for the world has changed since.
   */
  async deploy(
    files: TopologyText[],
    { by, note = '', expected }: { by: Deployment['by']; note?: string; expected?: string },
  ): Promise<{ number: number; plan: DeployPlan }> {
    const { plan, deployment, processors } = await this.make(files);
    if (expected !== undefined && expected !== plan.id)
      throw new MillraceError(
        'conflict',
        `what would be done now is plan ${plan.id}, not ${expected}: look at \`millrace plan\` again`,
      );
    // A release may change what comes with it: its own number stands for the versions.
    const refusals = by === 'start' ? plan.refusals.filter((reason) => !isVersionRefusal(reason)) : plan.refusals;
    if (refusals.length > 0) throw new MillraceError('conflict', refusals.join('\n'));
    if (plan.steps.length === 0) return { number: plan.based_on, plan };
    const { log, control, deployments, clock } = this.ports;
    deployments.processors = processors;
    await log.declare(topicSpecs({ topics: this.topicsOf(files, processors) }, this.options));
    await control.put({ Deployment: { ...deployment, at: clock.now(), by, note } });
    const taken = deployments.get(deployment.number);
    if (!taken || contentOf(taken) !== contentOf(deployment)) {
      // Workers that start at once deploy at once: whoever was second compares with what the first one deployed.
      if (by === 'start') return this.deploy(files, { by, note });
      throw new MillraceError('conflict', 'another deploy came first: look at `millrace plan` again');
    }
    return { number: deployment.number, plan };
  }

  /** Puts the files of an earlier deployment into force again, as a new one. Error: `not_found`, and those of `deploy`. */
  async rollback(to: number | undefined): Promise<{ number: number; plan: DeployPlan }> {
    const { deployments } = this.ports;
    const target = to ?? (deployments.current?.number ?? 0) - 1;
    const former = deployments.get(target);
    if (!former) {
      const known = deployments.all.map(({ number }) => number).join(', ');
      throw new MillraceError(
        'not_found',
        `there is no deployment ${target} to go back to; kept are ${known || 'none'}`,
      );
    }
    return this.deploy(former.files, { by: 'operator', note: `back to deployment ${target}` });
  }

  private topicsOf(files: TopologyText[], processors: Map<string, Processor>) {
    return checked(checkTopologies(files, processors)).plans.topics;
  }

  private async make(files: TopologyText[], status = () => this.ports.runner.status()): Promise<Made> {
    const { deployments, log, loadProcessors } = this.ports;
    const processors = await loadProcessors();
    const { plans, canonical } = checked(checkTopologies(files, processors));
    const current = deployments.current;
    const number = (current?.number ?? 0) + 1;
    const wanted = wantedTopologies(plans.topologies, canonical, deployments);
    const topics = compareTopics(
      topicSpecs(plans, this.options),
      (name) => log.topic(name),
      new Set(
        topicSpecs(current ? (deployments.plans(current.number) ?? { topics: {} }) : { topics: {} }, this.options).map(
          ({ name }) => name,
        ),
      ),
    );
    const topologies = await this.topologyChanges(wanted, status);
    const schemas = schemaChanges(current);
    const refusals = [...topics.refusals, ...versionRefusals(topologies)];
    const said = canonical.get('')!;
    const changes = topics.changes.filter(({ change }) => change !== 'leave');
    const plan: DeployPlan = {
      id: hash([current?.number ?? 0, said, [...wanted.values()].map(({ digest }) => digest), topics.changes]),
      based_on: current?.number ?? 0,
      topics: topics.changes,
      schemas,
      topologies,
      refusals,
      steps: stepsOf(
        number,
        changes.map(({ topic, change }) => `${change} topic ${topic}`),
        topologies,
        current?.topics !== said,
      ),
    };
    const deployment = {
      number,
      files: files.map(({ file, text }) => ({ file: file.slice(file.lastIndexOf('/') + 1), text })),
      topologies: [...wanted.values()].map(({ topology, version, digest, signature, generation, since = number }) => ({
        ...{ topology, version, digest, signature, generation, since },
      })),
      schemas: schemaVersions(),
      topics: said,
    };
    return { plan, deployment, processors };
  }

  private async topologyChanges(
    wanted: Map<string, Wanted>,
    status: () => Promise<TopologyStatus[]>,
  ): Promise<TopologyChange[]> {
    const { deployments } = this.ports;
    const names = new Set([
      ...(deployments.current?.topologies.map(({ topology }) => topology) ?? []),
      ...wanted.keys(),
    ]);
    const differing = [...names].filter((name) => {
      const [before, now] = [deployments.wanted(name), wanted.get(name)];
      return !before || !now || before.digest !== now.digest;
    });
    // How far everything is, is much to ask, and most starts change nothing.
    const told = differing.length === 0 ? [] : await status();
    return differing.map((name) => {
      const before = deployments.wanted(name);
      const now = wanted.get(name);
      const change = compareTopology(before, now, before && deployments.canonical(name, before.since));
      const lag = (source: string): number =>
        (told.find(({ topology }) => topology === name)?.sources ?? []).reduce(
          (sum, entry) => sum + (entry.source === source ? entry.lag : 0),
          0,
        );
      return { ...change, consumers: consumersOf(before?.plan.nodes, now?.plan.nodes, lag) };
    });
  }
}

/** What two deployments must share to be the same one. */
function contentOf({ files, topologies }: Pick<Deployment, 'files' | 'topologies'>): string {
  return hash([files, topologies]);
}

type Nodes = Wanted['plan']['nodes'];

function consumersOf(before: Nodes | undefined, now: Nodes | undefined, lag: (source: string) => number) {
  const sources = (nodes: Nodes = []): Map<string, string> =>
    new Map(nodes.flatMap((node) => (node.kind === 'source' ? [[node.id, node.topic]] : [])));
  const [had, has] = [sources(before), sources(now)];
  const list = [...has].map(([source, topic]) => ({
    source,
    topic,
    change: had.get(source) === topic ? ('go on' as const) : ('begin' as const),
    lag: lag(source),
  }));
  const gone = [...had].filter(([source, topic]) => has.get(source) !== topic);
  return [...list, ...gone.map(([source, topic]) => ({ source, topic, change: 'end' as const, lag: lag(source) }))];
}

/** A version is a name for what a topology does: two that differ need two numbers. */
function versionRefusals(changes: TopologyChange[]): string[] {
  return changes
    .filter(
      ({ change, code_changed, from_version, to_version }) =>
        change === 'change' && !code_changed && from_version === to_version,
    )
    .map(({ topology, to_version }) => `${topology} changed, and its version is still ${to_version}: raise it`);
}

function isVersionRefusal(reason: string): boolean {
  return reason.endsWith(': raise it');
}

function schemaChanges(current: Deployment | undefined): SchemaChange[] {
  const before = new Map(current?.schemas.map(({ schema, version }) => [schema, version]));
  return schemaVersions()
    .filter(({ schema, version }) => before.get(schema) !== version)
    .map(({ schema, version }) => ({
      schema,
      from: before.get(schema) ?? null,
      to: version,
      compatibility: compatibilityOf(schema),
    }));
}

function stepsOf(number: number, topics: string[], topologies: TopologyChange[], declared: boolean): string[] {
  if (topics.length === 0 && topologies.length === 0 && !declared) return [];
  return [
    ...topics,
    `record deployment ${number}`,
    ...topologies.map(({ topology, change, take_over }) =>
      change === 'add'
        ? `begin ${topology}`
        : change === 'remove'
          ? `end ${topology}`
          : `${topology} takes over ${take_over}`,
    ),
  ];
}

function checked(loaded: Loaded): Loaded & { plans: NonNullable<Loaded['plans']> } {
  const { plans, problems, sources } = loaded;
  if (plans) return { ...loaded, plans };
  const text = problems.map((problem) => renderProblem(problem, sources.get(problem.file) ?? '', false)).join('\n');
  throw new MillraceError('topology_invalid', `${problems.length} problem(s):\n${text}`);
}
