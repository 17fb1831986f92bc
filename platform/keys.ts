/**
 * Keys of topics, rows and subscriptions. A channel is (workspace, channel) and a person is (workspace, user), so that
 * two workspaces with the same ids never meet; the sign before the id keeps channels and people apart. Ids hold no NUL
 * (the edge refuses them), so no key is the prefix of another one's first part.
 */
export function channelKey(workspaceId: string, channelId: string): string {
  return `${workspaceId}\0#${channelId}`;
}

export function personKey(workspaceId: string, userId: string): string {
  return `${workspaceId}\0@${userId}`;
}

/** Where changes of a person's presence go; its own sign, for those who watch are others than the person's own devices. */
export function presenceKey(workspaceId: string, userId: string): string {
  return `${workspaceId}\0!${userId}`;
}

export type Address =
  | { kind: 'channel'; workspace_id: string; channel_id: string }
  | { kind: 'person'; workspace_id: string; user_id: string }
  | { kind: 'presence'; workspace_id: string; user_id: string };

/** What a key made by one of these stands for. */
export function parseKey(key: string): Address {
  const cut = key.indexOf('\0');
  const workspace_id = key.slice(0, cut);
  const id = key.slice(cut + 2);
  if (key[cut + 1] === '#') return { kind: 'channel', workspace_id, channel_id: id };
  return { kind: key[cut + 1] === '@' ? 'person' : 'presence', workspace_id, user_id: id };
}

/** The partition of a key, as Kafka's default partitioner has it: murmur2 of the UTF-8 bytes, made positive. */
export function partitionOf(key: string, partitions: number): number {
  return partitions === 1 ? 0 : (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** MurmurHash 2 with Kafka's seed (org.apache.kafka.common.utils.Utils.murmur2). */
export function murmur2(data: Buffer): number {
  const m = 0x5bd1e995;
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const words = length >> 2;
  for (let i = 0; i < words; i++) {
    let k = data.readInt32LE(i * 4);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const tail = length & ~3;
  const left = length & 3;
  if (left === 3) h ^= data[tail + 2]! << 16;
  if (left >= 2) h ^= data[tail + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ data[tail]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

/** The author that an erased person's messages have from then on, and whom texts that named them name. No one is let in under it. */
export const erasedUser = 'erased-user';
