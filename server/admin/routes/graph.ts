import { drawingOf } from '../../../runtime/drawing/drawing.ts';
import type { AdminRoute } from '../route.ts';

export const graphRoutes: AdminRoute[] = [
  {
    method: 'GET',
    path: '/graph',
    doc: 'The topologies that should run, as nodes and the lines between them.',
    run: async ({ topologies: { deployments } }) => {
      const { current } = deployments;
      const plans = current && deployments.plans(current.number);
      return drawingOf(plans?.topologies ?? []);
    },
  },
];
