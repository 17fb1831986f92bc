import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MillraceError } from '../../../platform/errors/error.ts';
import { type HomeMove, moveHome } from '../../regions/move-home.ts';
import type { AdminRoute } from '../route.ts';

const Move = Type.Object({
  workspace: Type.String(),
  channel: Type.String(),
  to: Type.Optional(Type.Integer({ minimum: 0, maximum: 63 })),
  force: Type.Optional(Type.Boolean()),
});

export const homeRoutes: AdminRoute[] = [
  {
    method: 'POST',
    path: '/home',
    doc: 'Tells where a channel has its home, and moves it.',
    run: ({ directory, regions }, { body }) => {
      const wrong = Value.Errors(Move, body).First();
      if (wrong) throw new MillraceError('invalid_request', `${wrong.path.slice(1) || 'body'}: ${wrong.message}`);
      return moveHome(directory, regions, body as HomeMove);
    },
  },
];
