import type { ChannelId } from '../port.ts';
import { atOnce, concurrently } from './concurrently.ts';
import { identityPartOf } from './place.ts';
import type { Session } from './session.ts';
import { hashOf } from './statements.ts';

/** Imported messages by their identities, in the order asked for. */
export async function readIdentities(
  session: Session,
  { workspace_id, channel_id }: ChannelId,
  clientMsgIds: string[],
): Promise<({ message_id: string; thread_id: string | null } | undefined)[]> {
  const hashes = clientMsgIds.map(hashOf);
  const parts = new Map<number, Buffer[]>();
  for (const hash of hashes) parts.set(identityPartOf(hash), [...(parts.get(identityPartOf(hash)) ?? []), hash]);
  const rows = await concurrently([...parts], atOnce, ([part, some]) =>
    session.rows(
      'SELECT hash, message_id, root_id FROM identities WHERE workspace_id = ? AND channel_id = ? AND part = ? AND hash IN ?',
      [workspace_id, channel_id, part, some],
    ),
  );
  const found = new Map(rows.flat().map((row) => [(row['hash'] as Buffer).toString('hex'), row]));
  return hashes.map((hash) => {
    const row = found.get(hash.toString('hex'));
    if (!row) return undefined;
    const root = row['root_id'] as bigint | null;
    return { message_id: String(row['message_id']), thread_id: root === null ? null : String(root) };
  });
}
