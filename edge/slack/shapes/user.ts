import type { user } from '../../calls/people.ts';

type WireUser = Awaited<ReturnType<typeof user>>['user'];

/** A person as Slack's clients see them. */
export function slackUser({ user_id, workspace_id, name, role, deactivated, created_at }: WireUser) {
  return {
    id: user_id,
    team_id: workspace_id,
    name,
    real_name: name,
    deleted: deactivated,
    profile: { real_name: name, display_name: name, team: workspace_id },
    is_admin: role === 'admin' || role === 'owner',
    is_owner: role === 'owner',
    is_restricted: role === 'guest',
    is_ultra_restricted: false,
    is_bot: false,
    is_app_user: false,
    tz: 'Etc/UTC',
    tz_offset: 0,
    updated: Math.floor(Date.parse(created_at) / 1000),
  };
}
