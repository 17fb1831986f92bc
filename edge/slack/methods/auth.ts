import { user } from '../../calls/people.ts';
import type { SlackMethod } from '../method.ts';

export const authMethods: SlackMethod[] = [
  {
    name: 'auth.test',
    run: async ({ context, caller, origin }) => {
      const { workspace_id, user_id } = caller;
      const found = await user(context, caller, user_id);
      return {
        url: `${origin}/`,
        team: workspace_id,
        team_id: workspace_id,
        user: found.user.name,
        user_id,
        // Bots are people here; clients that know themselves by it find themselves all the same.
        bot_id: user_id,
        is_enterprise_install: false,
      };
    },
  },
];
