import { user, users } from '../../calls/people.ts';
import { readCursor, type SlackMethod, said, writeCursor } from '../method.ts';
import { slackUser } from '../shapes/user.ts';

export const userMethods: SlackMethod[] = [
  {
    name: 'users.list',
    run: async ({ context, caller, args }) => {
      const cursor = readCursor(args.text('cursor'), 'users');
      const page = users(context, caller, { cursor, limit: args.limit(200) });
      const found = await said(page, undefined, { invalid_request: 'invalid_cursor' });
      return {
        members: found.users.map(slackUser),
        cache_ts: Math.floor(Date.now() / 1000),
        response_metadata: writeCursor('users', found.next_cursor),
      };
    },
  },
  {
    name: 'users.info',
    run: async ({ context, caller, args }) => {
      const found = user(context, caller, args.needed('user'));
      return { user: slackUser((await said(found, undefined, { not_found: 'user_not_found' })).user) };
    },
  },
];
