import type { ProcessorPlan, TopologyPlan } from '../topology/plan.ts';

/** Nodes whose state follows a topic that the topology writes: what retention takes of that topic only a snapshot has. */
export function followed(plan: TopologyPlan): (ProcessorPlan & { state: NonNullable<ProcessorPlan['state']> })[] {
  const sources = new Set(plan.nodes.flatMap((node) => (node.kind === 'source' ? [node.topic] : [])));
  return plan.nodes.flatMap((node) => {
    if (node.kind !== 'processor' || !node.state) return [];
    const { state } = node;
    return 'folds' in state && sources.has(state.folds) ? [] : [{ ...node, state }];
  });
}
