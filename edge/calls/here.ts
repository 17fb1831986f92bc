import { limits } from '../limits.ts';
import type { CallContext, Caller } from './context.ts';
import { statusesOf } from './statuses.ts';

/** Members whose presence one `<!here>` looks up; in a larger channel it reaches the first of them by id. */
const mostMembers = 1000;

/** The members of a channel who are online now, without the caller: whom `<!here>` mentions. */
export async function membersHere(context: CallContext, caller: Caller, channelId: string): Promise<string[]> {
  const here: string[] = [];
  let cursor: string | undefined;
  for (let looked = 0; looked < mostMembers; looked += limits.page) {
    const page = await context.directory.members(caller.workspace_id, channelId, { cursor, limit: limits.page });
    const people = page.items.map(({ user_id }) => ({ workspace_id: caller.workspace_id, user_id }));
    const states = await statusesOf(context, people);
    for (const [i, { user_id }] of people.entries()) {
      if (states[i]!.status === 'online' && user_id !== caller.user_id) here.push(user_id);
    }
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return here;
}
