import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../../../platform/errors/error.ts';
import { exportRecords } from '../../export/export.ts';
import type { AdminRoute } from '../route.ts';

const Body = Type.Object(
  {
    workspace_id: Type.String({ minLength: 1 }),
    private: Type.Boolean(),
    user_id: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

/** An export may hold what was written in private: like taps, it is for operators alone. */
export const exportRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/export',
    doc: 'What a workspace holds: people, channels, messages, one a line. Body: workspace_id, private, user_id.',
    run: ({ directory, store }, { body, signal }) => {
      const [error] = Value.Errors(Body, body);
      if (error) throw new MillraceError('invalid_request', `body${error.path.replaceAll('/', '.')}: ${error.message}`);
      return exportRecords({ directory, store }, body as Static<typeof Body>, signal);
    },
  },
];
