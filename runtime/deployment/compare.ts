import type { TopicSpec } from '../../platform/log/port.ts';
import type { TopologyPlan } from '../topology/plan.ts';
import type { NodeChange, StateChangePlan, TopicChange, TopologyChange } from './deploy-plan.ts';
import type { DeployedTopology, Deployments, Version } from './deployments.ts';
import { digestOf, signatureOf, statesFit } from './digest.ts';

/** A topology as it would be deployed. `since` is set when it is. */
export type Wanted = Omit<DeployedTopology, 'since'> & { plan: TopologyPlan; canonical: string; since?: number };

/**
 * What each topology of a folder would be: unchanged ones stay as they were deployed. States that can't be gone on with get
 * a generation of their own; a version that ran before, with the states that it had, takes those up again.
 */
export function wantedTopologies(
  plans: TopologyPlan[],
  canonical: Map<string, string>,
  deployments: Deployments,
): Map<string, Wanted> {
  const current = new Map(deployments.current?.topologies.map((entry) => [entry.topology, entry]));
  return new Map(
    plans.map((plan) => {
      const said = canonical.get(plan.name)!;
      const digest = digestOf(said, plan);
      const before = current.get(plan.name);
      const base = { topology: plan.name, version: plan.version, digest, plan, canonical: said };
      if (before?.digest === digest) return [plan.name, { ...base, ...before, plan, canonical: said }];
      const signature = signatureOf(plan);
      return [plan.name, { ...base, signature, generation: generationOf(plan.name, signature, before, deployments) }];
    }),
  );
}

function generationOf(
  topology: string,
  signature: string,
  before: DeployedTopology | undefined,
  deployments: Deployments,
): number {
  if (before && statesFit(before.signature, signature)) return before.generation;
  const past = deployments.past(topology);
  const same = past.find((entry) => entry.signature === signature);
  return same?.generation ?? Math.max(0, ...past.map(({ generation }) => generation)) + 1;
}

export function compareTopology(
  before: Version | undefined,
  now: Wanted | undefined,
  said: string | undefined,
): TopologyChange {
  const name = (now ?? before)!.topology;
  const nodes = compareNodes(nodesOf(said), nodesOf(now?.canonical));
  const beside = before && now && before.generation !== now.generation;
  return {
    topology: name,
    change: before ? (now ? 'change' : 'remove') : 'add',
    from_version: before?.version ?? null,
    to_version: now?.version ?? null,
    take_over: !before
      ? 'begins'
      : !now
        ? 'ends'
        : beside
          ? 'beside the old one, then at a cut'
          : 'at a cut, with the states as they stand',
    code_changed: before !== undefined && now !== undefined && said === now.canonical,
    nodes,
    states: compareStates(before?.plan, now?.plan, Boolean(beside)),
    sinks: compareSinks(before?.plan, now?.plan),
    consumers: [],
  };
}

function nodesOf(canonical: string | undefined): { [node: string]: unknown } {
  return canonical === undefined
    ? {}
    : ((JSON.parse(canonical) as { nodes?: { [node: string]: unknown } }).nodes ?? {});
}

function compareNodes(before: { [node: string]: unknown }, now: { [node: string]: unknown }): NodeChange[] {
  const out: NodeChange[] = [];
  for (const node of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (!(node in before)) out.push({ node, change: 'add', after: now[node] });
    else if (!(node in now)) out.push({ node, change: 'remove', before: before[node] });
    else if (JSON.stringify(before[node]) !== JSON.stringify(now[node]))
      out.push({ node, change: 'change', before: before[node], after: now[node] });
  }
  return out;
}

function compareStates(
  before: TopologyPlan | undefined,
  now: TopologyPlan | undefined,
  beside: boolean,
): StateChangePlan[] {
  const had = new Set(before?.nodes.filter(keepsState).map(({ id }) => id));
  const out: StateChangePlan[] = [];
  for (const node of now?.nodes ?? []) {
    if (!keepsState(node)) continue;
    const known = had.delete(node.id);
    if (node.kind === 'table')
      out.push({ node: node.id, how: known && !beside ? 'kept' : 'folded anew', from: node.topic });
    else if (node.kind === 'processor' && node.state) {
      const folds = 'folds' in node.state;
      const topic = 'folds' in node.state ? node.state.folds : node.state.changelog;
      const how = known && !beside ? 'kept' : folds ? 'folded anew' : beside ? 'made by replay' : 'empty at first';
      out.push({ node: node.id, how, from: topic });
    }
  }
  for (const node of had) out.push({ node, how: 'left behind', from: '' });
  return out;
}

function keepsState(node: TopologyPlan['nodes'][number]): boolean {
  return node.kind === 'table' || (node.kind === 'processor' && node.state !== undefined);
}

function compareSinks(before: TopologyPlan | undefined, now: TopologyPlan | undefined): TopologyChange['sinks'] {
  const targets = (plan: TopologyPlan | undefined): Map<string, string> =>
    new Map(plan?.nodes.flatMap((node) => (node.kind === 'sink' ? [[node.id, targetName(node.target)]] : [])));
  const [had, has] = [targets(before), targets(now)];
  const differ = (from: Map<string, string>, other: Map<string, string>, change: 'begin' | 'end') =>
    [...from]
      .filter(([node, target]) => other.get(node) !== target)
      .map(([node, target]) => ({ node, target, change }));
  return [...differ(has, had, 'begin'), ...differ(had, has, 'end')];
}

function targetName(target: Extract<TopologyPlan['nodes'][number], { kind: 'sink' }>['target']): string {
  if (target.kind === 'topic') return `topic ${target.topic}`;
  if (target.kind === 'push') return target.to === 'audience' ? 'whom a push may reach' : 'phones';
  return target.kind === 'store' ? 'the message store' : 'the search index';
}

/** Topics against those that the log has. Partition counts are final: another one is a refusal. */
export function compareTopics(
  specs: TopicSpec[],
  known: (name: string) => TopicSpec | undefined,
  before: ReadonlySet<string>,
): { changes: TopicChange[]; refusals: string[] } {
  const changes: TopicChange[] = [];
  const refusals: string[] = [];
  for (const spec of specs) {
    const old = known(spec.name);
    if (!old) {
      changes.push({
        topic: spec.name,
        change: 'create',
        details: [`${spec.partitions} partitions`, ...settingsOf(spec)],
      });
      continue;
    }
    if (old.partitions !== spec.partitions)
      refusals.push(
        `topic ${spec.name} has ${old.partitions} partitions, and ${spec.partitions} are declared: the count is final, for it decides where each key lies`,
      );
    if (old.volatile !== spec.volatile)
      refusals.push(`topic ${spec.name} is ${old.volatile ? '' : 'not '}volatile: that can't be changed`);
    const [was, is] = [settingsOf(old), settingsOf(spec)];
    if (was.join() !== is.join())
      changes.push({ topic: spec.name, change: 'change', details: [`${was.join(', ')} → ${is.join(', ')}`] });
  }
  const declared = new Set(specs.map(({ name }) => name));
  for (const topic of before)
    if (!declared.has(topic)) changes.push({ topic, change: 'leave', details: ['declared no more; its records stay'] });
  return { changes, refusals };
}

function settingsOf({ retention_ms, compact }: TopicSpec): string[] {
  const kept = retention_ms === null ? 'kept for good' : `kept for ${durationText(retention_ms)}`;
  return compact ? [kept, 'compact'] : [kept];
}

function durationText(milliseconds: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const)
    if (milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  return `${milliseconds}ms`;
}
