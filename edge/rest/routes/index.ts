import type { Route } from '../route.ts';
import { auditRoutes } from './audit.ts';
import { channelRoutes } from './channels.ts';
import { dataLifeRoutes } from './data-life.ts';
import { groupRoutes } from './groups.ts';
import { importRoutes } from './imports.ts';
import { messageRoutes } from './messages.ts';
import { peopleRoutes } from './people.ts';
import { presenceRoutes } from './presence.ts';
import { pushRoutes } from './push.ts';
import { readingRoutes } from './reading.ts';
import { searchRoutes } from './search.ts';

/** Every call of the contract. */
export const routes: Route[] = [
  ...messageRoutes,
  ...channelRoutes,
  ...readingRoutes,
  ...searchRoutes,
  ...peopleRoutes,
  ...presenceRoutes,
  ...importRoutes,
  ...auditRoutes,
  ...groupRoutes,
  ...pushRoutes,
  ...dataLifeRoutes,
];
