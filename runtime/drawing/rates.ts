import type { NodeStatus } from '../observing/node-meter.ts';
import type { Measure } from './drawing.ts';

/** The rates of what runs, for withRates; undefined for nodes that don't run. */
export function measuredBy(
  topologies: { topology: string; nodes: { [node: string]: Pick<NodeStatus, 'rate' | 'gave_rate'> } }[],
): (measure: Measure) => number | undefined {
  const nodes = new Map(topologies.map((one) => [one.topology, one.nodes]));
  return ({ topology, node, side }) => {
    const status = nodes.get(topology)?.[node];
    return side === 'taken' ? status?.rate : status?.gave_rate;
  };
}
