import type { AdminRoute } from '../route.ts';

export const sweepRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/sweep',
    doc: 'Takes what is no longer kept, now: what retention says, and who is to be erased. Tells what was done.',
    run: ({ sweeper }, { signal }) => sweeper.run(signal),
  },
];
