import type { StateStore } from '../../platform/state/port.ts';
import { scopeOf } from '../scope.ts';
import type { TopologyPlan } from '../topology/plan.ts';

/** How many rows each node that keeps state has, over some partitions. */
export function stateRows(
  plan: TopologyPlan,
  generation: number,
  partitions: number[],
  store: StateStore,
): { [node: string]: number } {
  const rows: { [node: string]: number } = {};
  for (const node of plan.nodes) {
    if (node.kind !== 'table' && !(node.kind === 'processor' && node.processor.tables)) continue;
    const id = `${scopeOf(plan.name, generation)}/${node.id}`;
    rows[node.id] = partitions
      .map((partition) => store.open(id, partition, { volatile: store.isVolatile(`${id}/${partition}`) }).size())
      .reduce((sum, size) => sum + size, 0);
  }
  return rows;
}
