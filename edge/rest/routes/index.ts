import type { Route } from '../route.ts';
import { channelRoutes } from './channels.ts';
import { importRoutes } from './imports.ts';
import { laterRoutes } from './later.ts';
import { messageRoutes } from './messages.ts';
import { peopleRoutes } from './people.ts';
import { presenceRoutes } from './presence.ts';
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
  ...laterRoutes,
];
