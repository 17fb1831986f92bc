import type { Message } from '../../../schemas/generated/types.ts';
import { disowned } from '../emptied.ts';
import type { ChannelId } from '../port.ts';
import type { Find } from './find.ts';
import { boundOf, idOf } from './place.ts';
import type { Session } from './session.ts';
import type { Trims } from './trims.ts';

/** A thread by its root or any of its replies, root first. */
export async function readThread(
  { session, find, trims }: { session: Session; find: Find; trims: Trims },
  channel: ChannelId,
  messageId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ messages: Message[]; has_more_after: boolean } | undefined> {
  const id = idOf(messageId);
  if (id === undefined) return undefined;
  const [asRoot, roots] = await Promise.all([find.topLevel(channel, [id]), find.roots(channel, [id])]);
  const rootId = roots.get(id) ?? id;
  const [root] = rootId === id ? asRoot : await find.topLevel(channel, [rootId]);
  const floor = (await trims.of(channel)).id;
  if (!root || (rootId < floor && !(await goesOn(session, channel, rootId, floor)))) return undefined;
  const from = after === undefined ? 0n : boundOf(after);
  const skipRoot = from >= rootId;
  const rows = await session.rows(
    'SELECT body, cold FROM replies WHERE workspace_id = ? AND channel_id = ? AND root_id = ? AND message_id > ? LIMIT ?',
    [channel.workspace_id, channel.channel_id, rootId, from < floor ? floor - 1n : from, limit + 1],
  );
  const messages = [
    ...(skipRoot ? [] : [rootId < floor ? disowned(root) : root]),
    ...rows.map((row) => find.decode(row)),
  ];
  return { messages: messages.slice(0, limit), has_more_after: messages.length > limit };
}

/** Whether a thread has replies from an id on. */
export async function goesOn(session: Session, channel: ChannelId, rootId: bigint, from: bigint): Promise<boolean> {
  const rows = await session.rows(
    'SELECT message_id FROM replies WHERE workspace_id = ? AND channel_id = ? AND root_id = ? AND message_id >= ? LIMIT 1',
    [channel.workspace_id, channel.channel_id, rootId, from],
  );
  return rows.length > 0;
}
