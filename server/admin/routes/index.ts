import type { AdminRoute } from '../route.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { deploymentRoutes } from './deployments.ts';
import { pauseRoutes } from './pauses.ts';
import { searchRoutes } from './search.ts';
import { statusRoutes } from './status.ts';
import { tapRoutes } from './tap.ts';

/** Every call of the admin API. */
export const adminRoutes: AdminRoute[] = [
  ...statusRoutes,
  ...searchRoutes,
  ...deploymentRoutes,
  ...pauseRoutes,
  ...tapRoutes,
  ...deadLetterRoutes,
];
