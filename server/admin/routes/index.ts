import type { AdminRoute } from '../route.ts';
import { archiveRoutes } from './archive.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { deploymentRoutes } from './deployments.ts';
import { exportRoutes } from './export.ts';
import { graphRoutes } from './graph.ts';
import { homeRoutes } from './homes.ts';
import { pauseRoutes } from './pauses.ts';
import { replayRoutes } from './replay.ts';
import { statusRoutes } from './status.ts';
import { sweepRoutes } from './sweep.ts';
import { tapRoutes } from './tap.ts';

/** Every call of the admin API. */
export const adminRoutes: AdminRoute[] = [
  ...statusRoutes,
  ...replayRoutes,
  ...deploymentRoutes,
  ...pauseRoutes,
  ...tapRoutes,
  ...graphRoutes,
  ...deadLetterRoutes,
  ...exportRoutes,
  ...archiveRoutes,
  ...sweepRoutes,
  ...homeRoutes,
];
