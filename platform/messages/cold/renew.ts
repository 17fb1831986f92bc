import type { Message } from '../../../schemas/generated/types.ts';
import { mostListed, type Objects } from '../../objects/port.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId } from '../port.ts';
import { coldFile, readColdFile } from './file.ts';
import type { HotMessages } from './hot.ts';
import { channelPrefix, coldName, firstIdOf } from './names.ts';
import { objectOf, stubOf } from './stub.ts';

/** The store's bound on messages in one question. */
const atOnce = 200;

export interface ColdTier {
  hot: HotMessages;
  objects: Objects;
  codec: Codec;
}

/**
 * Makes an object anew without the messages that no stub names it for any more: they were changed, deleted, erased or trimmed. True
 * where that changed something. The new object is there before the stubs name it, and the old one until none does; a crash in
 * between leaves one that is renewed the next time.
 */
async function renewObject({ hot, objects, codec }: ColdTier, channel: ChannelId, name: string): Promise<boolean> {
  const file = await objects.get(name);
  if (!file) return false;
  const all = [...(await readColdFile(name, file, channel, codec)).values()];
  const live = await named(hot, channel, name, all);
  if (live.length === all.length) return false;
  if (live.length > 0) {
    const renewed = await coldFile(channel, live, codec);
    const ids = live.map(({ message_id }) => BigInt(message_id)).sort((a, b) => (a < b ? -1 : 1));
    const next = coldName(channel, String(ids[0]), String(ids.at(-1)), renewed);
    await objects.put(next, renewed);
    for (let at = 0; at < live.length; at += atOnce)
      await hot.putStubs(
        channel,
        live.slice(at, at + atOnce).map((message) => stubOf(message, next)),
      );
  }
  await objects.remove(name);
  return true;
}

/** Renews the objects of a channel that may hold what lies below an id; how many were. */
export async function renewBelow(tier: ColdTier, channel: ChannelId, belowId: string): Promise<number> {
  let renewed = 0;
  for (let after: string | undefined; ; ) {
    const page = await tier.objects.list(channelPrefix(channel), { after, limit: mostListed });
    for (const { name } of page.objects) {
      // By first id: none that follows holds any.
      if (firstIdOf(name) >= BigInt(belowId)) return renewed;
      if (await renewObject(tier, channel, name)) renewed++;
    }
    after = page.objects.at(-1)?.name;
    if (!page.more || after === undefined) return renewed;
  }
}

/** Renews every object of which some messages have changed since; how many were. Stops once the signal aborts. */
export async function renewStale(tier: ColdTier, signal: AbortSignal): Promise<number> {
  let renewed = 0;
  for (let cursor: string | null = null; ; ) {
    const page = await tier.hot.stale(cursor);
    for (const stale of page.objects) {
      if (signal.aborted) return renewed;
      const { workspace_id, channel_id } = stale;
      if (await renewObject(tier, { workspace_id, channel_id }, stale.object)) renewed++;
      await tier.hot.settleStale(stale);
    }
    cursor = page.cursor;
    if (cursor === null) return renewed;
  }
}

/** Those of an object's messages whose stubs name it. */
async function named(hot: HotMessages, channel: ChannelId, name: string, all: Message[]): Promise<Message[]> {
  const live: Message[] = [];
  for (let at = 0; at < all.length; at += atOnce) {
    const some = all.slice(at, at + atOnce);
    const now = await hot.messages(
      channel,
      some.map(({ message_id }) => message_id),
    );
    const stubs = new Map(now.map((message) => [message.message_id, message]));
    live.push(
      ...some.filter((message) => {
        const stub = stubs.get(message.message_id);
        return stub !== undefined && objectOf(stub) === name && stub.rev === message.rev;
      }),
    );
  }
  return live;
}
