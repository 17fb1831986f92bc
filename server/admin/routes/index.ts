import type { AdminRoute } from '../route.ts';
import { searchRoutes } from './search.ts';
import { statusRoutes } from './status.ts';

/** Every call of the admin API. */
export const adminRoutes: AdminRoute[] = [...statusRoutes, ...searchRoutes];
