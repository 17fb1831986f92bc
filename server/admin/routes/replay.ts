import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../../../platform/errors/error.ts';
import { ReplayOptions } from '../../../runtime/replay/options.ts';
import { runReplay } from '../../replay/run-replay.ts';
import type { AdminRoute } from '../route.ts';

const Body = Type.Object({ options: ReplayOptions, fresh: Type.Boolean() }, { additionalProperties: false });

export const replayRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/replay/:topology',
    doc: 'Replays a topology, or goes on with a replay that was interrupted.',
    run: (context, { params, body, signal }) => {
      const [error] = Value.Errors(Body, body);
      if (error) throw new MillraceError('invalid_request', `body${error.path.replaceAll('/', '.')}: ${error.message}`);
      const { options, fresh } = body as Static<typeof Body>;
      return runReplay(params['topology']!, options, fresh, context, signal);
    },
  },
  {
    method: 'POST',
    path: '/rollback/search',
    doc: 'Serves the former search index again.',
    run: ({ search }) => search.rollback(),
  },
];
