import type { CallContext, Caller } from './context.ts';

/** The directory's bound on ids in one question. */
const askedAtOnce = 1000;

/** Those of the ids who are members of a channel, however many are asked for. */
export async function membersAmong(
  { directory }: CallContext,
  { workspace_id }: Caller,
  channelId: string,
  ids: string[],
): Promise<string[]> {
  const members: string[] = [];
  for (let from = 0; from < ids.length; from += askedAtOnce)
    members.push(...(await directory.membersAmong(workspace_id, channelId, ids.slice(from, from + askedAtOnce))));
  return members;
}
