import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../../../platform/errors/error.ts';
import type { AdminRoute } from '../route.ts';

const Body = Type.Object({ before_ms: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });

export const archiveRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/archive',
    doc: 'Moves messages into objects that were written before a time. Body: before_ms, since 1970.',
    run: ({ archiver }, { body, signal }) => {
      if (!Value.Check(Body, body)) throw new MillraceError('invalid_request', 'body: before_ms must be a time');
      if (!archiver)
        throw new MillraceError(
          'not_implemented',
          'messages in Cassandra go into objects that every process can read: set MILLRACE_OBJECTS=s3',
        );
      return archiver.run(body.before_ms, 1, signal);
    },
  },
];
