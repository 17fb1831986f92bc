import type { AdminRoute } from '../route.ts';

export const statusRoutes: AdminRoute[] = [
  {
    method: 'GET',
    path: '/status',
    doc: 'What runs, and how far it is.',
    run: async ({ runner, url, operators_url }) => ({
      url,
      operators_url,
      pid: process.pid,
      uptime_s: Math.round(process.uptime()),
      topologies: await runner.status(),
    }),
  },
];
