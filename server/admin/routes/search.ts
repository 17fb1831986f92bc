import { rebuildSearch } from '../../rebuild-search.ts';
import type { AdminRoute } from '../route.ts';

export const searchRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/replay/search',
    doc: 'Fills a new search index beside the serving one and swaps it in.',
    run: (context, { signal }) => rebuildSearch(context, signal),
  },
  {
    method: 'POST',
    path: '/rollback/search',
    doc: 'Serves the former search index again.',
    run: ({ search }) => search.rollback(),
  },
];
