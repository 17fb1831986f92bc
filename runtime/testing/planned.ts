import type { Processor } from '../processor.ts';
import type { ErrorPolicy } from '../topology/format/index.ts';
import type { PlanNode, SinkPlan, TopologyPlan } from '../topology/plan.ts';
import type { Failures } from './failures.ts';
import type { TornEngine } from './torn-engine.ts';

/** A plan whose steps fail as planned, and whose pauses have no jitter, so that each run takes the same time. */
export function plannedPlan(plan: TopologyPlan, failures: Failures): TopologyPlan {
  const nodes = plan.nodes.map((node): PlanNode => {
    const calm =
      'errors' in node && node.errors ? { ...node, errors: withoutJitter(node.errors as ErrorPolicy) } : node;
    if (calm.kind !== 'processor') return calm;
    return { ...calm, processor: failing(calm.processor, (value) => failures.check(node.id, [value])) };
  });
  return { ...plan, errors: withoutJitter(plan.errors), nodes };
}

function withoutJitter(policy: ErrorPolicy): ErrorPolicy {
  return { ...policy, jitter: false };
}

function failing(processor: Processor, check: (value: unknown) => void): Processor {
  return {
    ...processor,
    create: (options) => {
      const step = processor.create(options);
      return (state, input) => {
        check(input.value);
        return step(state, input);
      };
    },
  };
}

/** The engine's effects, which fail as planned for sinks. */
export function plannedEffects(plan: TopologyPlan, engine: TornEngine, failures: Failures) {
  const sinks = plan.nodes.filter((node): node is SinkPlan => node.kind === 'sink');
  const of = (kind: string): SinkPlan[] => sinks.filter(({ target }) => target.kind === kind);
  const index: TornEngine['index'] = async (documents) => {
    for (const { id } of of('search')) failures.check(id, documents);
    await engine.index(documents);
  };
  const commit: TornEngine['commit'] = async (unit) => {
    if (unit.rows.length > 0) for (const { id } of of('store')) failures.check(id, unit.rows);
    for (const { id, target } of of('topic')) {
      const values = unit.appends.filter((append) => writes(target, append)).map(({ value }) => value);
      if (values.length > 0) failures.check(id, values);
    }
    return engine.commit(unit);
  };
  return { index, commit };
}

/** Whether a record on a topic is what a sink with this target writes. */
export function writes(target: SinkPlan['target'], record: { topic: string; schema: string }): boolean {
  if (target.kind !== 'topic' || record.schema !== target.schema) return false;
  return target.family ? record.topic.startsWith(`${target.topic}_`) : record.topic === target.topic;
}
