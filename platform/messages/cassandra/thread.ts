import type { Message } from '../../../schemas/generated/types.ts';
import type { ChannelId } from '../port.ts';
import type { Find } from './find.ts';
import { boundOf, idOf } from './place.ts';
import type { Session } from './session.ts';

/** A thread by its root or any of its replies, root first. */
export async function readThread(
  { session, find }: { session: Session; find: Find },
  channel: ChannelId,
  messageId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ messages: Message[]; has_more_after: boolean } | undefined> {
  const id = idOf(messageId);
  if (id === undefined) return undefined;
  const [asRoot, roots] = await Promise.all([find.topLevel(channel, [id]), find.roots(channel, [id])]);
  const rootId = roots.get(id) ?? id;
  const [root] = rootId === id ? asRoot : await find.topLevel(channel, [rootId]);
  if (!root) return undefined;
  const from = after === undefined ? 0n : boundOf(after);
  const skipRoot = from >= rootId;
  const rows = await session.rows(
    'SELECT body FROM replies WHERE workspace_id = ? AND channel_id = ? AND root_id = ? AND message_id > ? LIMIT ?',
    [channel.workspace_id, channel.channel_id, rootId, from, limit + 1],
  );
  const messages = [...(skipRoot ? [] : [root]), ...rows.map((row) => find.decode(row))];
  return { messages: messages.slice(0, limit), has_more_after: messages.length > limit };
}
