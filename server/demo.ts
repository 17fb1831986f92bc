import { signToken } from '../edge/auth/tokens.ts';
import { MillraceError } from '../platform/errors/error.ts';
import type { Engines } from './engines/engines.ts';
import type { Serving } from './start.ts';

const workspace_id = 'demo';
const people = [
  { user_id: 'alice', name: 'Alice', role: 'owner' },
  { user_id: 'bob', name: 'Bob', role: 'member' },
] as const;
const week_s = 7 * 24 * 3600;

/** A workspace to look around in: two people and a channel. Made once; what is there stays as it is. */
export async function demoWorkspace(
  { directory }: Pick<Engines, 'directory'>,
  { secret, url }: Serving,
  region: number | undefined,
): Promise<{ name: string; link: string }[]> {
  for (const person of people) {
    if (!(await directory.user({ workspace_id, user_id: person.user_id })))
      await directory.provision({ workspace_id, ...person });
  }
  if (!(await directory.channelByName(workspace_id, 'general'))) {
    // Two regions must not make one channel: each would be its home.
    const channel_id = region === undefined ? 'general' : `general-${region}`;
    const making = directory.createChannel(
      {
        workspace_id,
        channel_id,
        user_id: 'alice',
        name: 'general',
        type: 'public',
        members: people.map((person) => person.user_id),
        created_at: Date.now(),
      },
      { actor_id: 'alice', reply_to: null, trace_id: '' },
    );
    await making.catch((error: unknown) => {
      // Another region's came by the link at this moment.
      if (!(error instanceof MillraceError && error.code === 'conflict')) throw error;
    });
  }
  return Promise.all(
    people.map(async ({ user_id, name, role }) => ({
      name,
      link: `${url}/#token=${await signToken(secret, { user_id, workspace_id, role, name }, week_s)}`,
    })),
  );
}
