import { createHash } from 'node:crypto';
import type { ChannelId } from '../port.ts';

/** Before the names of all objects that hold messages. */
const coldPrefix = 'messages/';

/** Every object of a channel begins with it; of a workspace, with its first two parts. */
export function channelPrefix({ workspace_id, channel_id }: ChannelId): string {
  return `${coldPrefix}${part(workspace_id)}/${part(channel_id)}/`;
}

/** By the ids in it and its content: the same messages have one name, so a repeat after a crash makes no second object. */
export function coldName(channel: ChannelId, firstId: string, lastId: string, content: Buffer): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${channelPrefix(channel)}${firstId.padStart(19, '0')}-${lastId.padStart(19, '0')}-${hash}`;
}

/** The lowest message id in an object, by its name. */
export function firstIdOf(name: string): bigint {
  return BigInt(name.slice(name.lastIndexOf('/') + 1).split('-', 1)[0]!);
}

/** An id as it is where an object's name may hold it, else its hash. */
function part(id: string): string {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id) ? `id=${id}` : `hash=${createHash('sha256').update(id).digest('hex')}`;
}
