import { type Lag, sourceLags } from '../../runtime/observing/lag.ts';
import type { NodeStatus } from '../../runtime/observing/node-meter.ts';
import type { Status } from './fetch.ts';

/** A node as the tables show it; `lag` for sources alone. */
export interface NodeRow extends NodeStatus {
  topology: string;
  node: string;
  lag: Lag | undefined;
}

/** Every node that runs, in the order of the files. */
export function nodeRows({ topologies }: Pick<Status, 'topologies'>): NodeRow[] {
  const lags = new Map(sourceLags(topologies).map((lag) => [`${lag.topology}/${lag.source}`, lag]));
  return topologies.flatMap(({ topology, nodes }) =>
    Object.entries(nodes).map(([node, status]) => ({
      topology,
      node,
      ...status,
      lag: lags.get(`${topology}/${node}`),
    })),
  );
}

export const sortings = {
  rate: (row: NodeRow) => row.rate,
  p99: (row: NodeRow) => row.p99_ms ?? 0,
  lag: (row: NodeRow) => row.lag?.lag ?? 0,
  trouble: (row: NodeRow) => row.retries + row.dead_letters,
} as const satisfies { [name: string]: (row: NodeRow) => number };

/** Most first; what is equal stays in the order of the files. */
export function sorted(rows: NodeRow[], by: keyof typeof sortings): NodeRow[] {
  return [...rows].sort((a, b) => sortings[by](b) - sortings[by](a));
}
