import type { TopologyStatus } from '../../../runtime/observing/status.ts';
import type { AdminRoute } from '../route.ts';

export interface StatusAnswer {
  /** Null where this process serves no clients. */
  url: string | null;
  operators_url: string;
  pid: number;
  uptime_s: number;
  topologies: TopologyStatus[];
}

export const statusRoutes: AdminRoute[] = [
  {
    method: 'GET',
    path: '/status',
    doc: 'What runs, and how far it is.',
    run: async ({ runner, url, operators_url }): Promise<StatusAnswer> => ({
      url: url ?? null,
      operators_url,
      pid: process.pid,
      uptime_s: Math.round(process.uptime()),
      topologies: await runner.status(),
    }),
  },
];
