import { MillraceError } from '../../../platform/errors/error.ts';
import type { PlanNode } from '../../../runtime/topology/plan.ts';
import { tap } from '../../tap/tap.ts';
import type { AdminRoute } from '../route.ts';

export const tapRoutes: AdminRoute[] = [
  {
    method: 'GET',
    path: '/tap/:topology/:node',
    doc: 'The records that leave a node from now on. Query: output, where (CEL), sample (0 to 1), limit.',
    run: async ({ runner, taps, topologies: { deployments } }, { params, query, signal }) => {
      const [topology, node] = [params['topology']!, params['node']!];
      const found = (await runner.status()).find((status) => status.topology === topology);
      if (!found || !Object.hasOwn(found.nodes, node))
        throw new MillraceError(
          'not_found',
          found
            ? `${topology} has no node "${node}": it has ${Object.keys(found.nodes).join(', ')}`
            : `no topology "${topology}" runs here`,
        );
      const output = query.get('output') ?? undefined;
      const current = deployments.current && deployments.plans(deployments.current.number);
      const plan = current?.topologies.find(({ name }) => name === topology)?.nodes.find(({ id }) => id === node);
      if (plan && output !== undefined) mustLeaveBy(plan, output);
      return tap(
        taps,
        {
          topology,
          node,
          output,
          where: query.get('where') ?? undefined,
          sample: number(query, 'sample', 1, 1),
          limit: number(query, 'limit', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
        },
        signal,
      );
    },
  },
];

/** Nothing would ever be shown otherwise. */
function mustLeaveBy(node: PlanNode, output: string): void {
  const outputs = node.kind === 'processor' ? Object.keys(node.processor.outputs) : [];
  if (outputs.includes(output)) return;
  const has = outputs.length > 0 ? `has the outputs ${outputs.join(', ')}` : 'has no outputs with names';
  throw new MillraceError('invalid_request', `output: ${node.id} ${has}, and no "${output}"`);
}

function number(query: URLSearchParams, name: string, most: number, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!(value > 0 && value <= most))
    throw new MillraceError('invalid_request', `${name}: must be above 0${most === 1 ? ' and at most 1' : ''}`);
  return value;
}
