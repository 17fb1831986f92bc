import type { Access } from '../../platform/directory/port.ts';
import type { CallContext, Caller } from './context.ts';

/**
 * The channel, where an import may write into it: a public one, one that the importer is in, or one that came by an import,
 * which can thus be run again. Undefined for one that is not there, and for any other: a private channel is entered by a
 * member's invitation, by nobody's import.
 */
export async function importAccess(
  { directory }: CallContext,
  { workspace_id, user_id }: Caller,
  channelId: string,
): Promise<Access | undefined> {
  const access = await directory.access({ workspace_id, user_id }, channelId);
  if (!access || access.member || access.channel.type === 'public') return access;
  const [imported] = await directory.importedAmong(workspace_id, [channelId]);
  return imported === undefined ? undefined : access;
}
