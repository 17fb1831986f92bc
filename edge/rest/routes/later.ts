import { Type } from '@sinclair/typebox';
import { MillraceError } from '../../../platform/errors/error.ts';
import { type Route, route } from '../route.ts';

const none = Type.Object({});

/** Calls of the contract whose processors are still to come: their places stand, and say so. */
export const laterRoutes: Route[] = (
  [
    ['POST', '/v1/devices', 'Adds a push target'],
    ['DELETE', '/v1/devices/:token', 'Removes a push target'],
    ['PUT', '/v1/channels/:channel_id/notifications', 'What may push'],
  ] as const
).map(([method, path, summary]) =>
  route({
    method,
    path,
    summary: `${summary} (not yet served)`,
    params: none,
    query: none,
    responses: {},
    handle: async () => {
      throw new MillraceError('not_implemented', `${method} ${path} is not served yet`);
    },
  }),
);
