import { renewBelow } from '../../platform/messages/cold/renew.ts';
import type { ChannelId } from '../../platform/messages/port.ts';
import { snowflake } from '../../processors/sequence/snowflake.ts';
import { eachOf } from '../each-of.ts';
import type { Holds } from './holds.ts';
import { bySystem, type LifeParts, type Swept } from './parts.ts';

const day_ms = 24 * 3_600_000;
const page = 200;
const rowsAtOnce = 500;

/**
 * Has channels begin later whose messages are not kept for good: at the beginning of a UTC day, so that a channel's story tells of it
 * once a day at most. What is hidden by it is removed by `removeTrimmed`.
 */
export async function* trimExpired(
  { directory, store, now }: LifeParts,
  holds: Holds,
  done: Swept,
  signal: AbortSignal,
): AsyncGenerator<Swept> {
  const today = Math.floor(now() / day_ms) * day_ms;
  for await (const channel of eachOf((cursor) => directory.expiring({ cursor, limit: page }))) {
    if (signal.aborted) return;
    const { workspace_id, channel_id, days, trim } = channel;
    const below = snowflake(today - days * day_ms, 0, 0);
    if (below <= 0n || (trim && BigInt(trim.below_id) >= below)) continue;
    if (await holds.keep(channel)) {
      done.held++;
      continue;
    }
    const below_id = below.toString();
    const { messages } = await store.history(channel, { before: below_id, limit: 1 });
    const last = messages.at(-1);
    if (!last) continue;
    const rev = await store.revBefore(channel, last.seq);
    await directory.trimChannel(workspace_id, channel_id, { below_id, seq: last.seq, rev }, bySystem);
    done.trimmed++;
    yield done;
  }
}

/**
 * Removes what was trimmed, the store's rows last: until they are gone they say what else there is to remove. A crash anywhere leaves
 * what the next sweep finds.
 */
export async function* removeTrimmed(
  parts: LifeParts,
  holds: Holds,
  done: Swept,
  signal: AbortSignal,
): AsyncGenerator<Swept> {
  const { directory, store, search, tier } = parts;
  for await (const { workspace_id, channel_id, trim } of eachOf((cursor) =>
    directory.trimmed({ cursor, limit: page }),
  )) {
    const channel: ChannelId = { workspace_id, channel_id };
    if (await holds.keep(channel)) continue;
    for (let first = true, more = true; more; first = false) {
      if (signal.aborted) return;
      const some = await store.trimmed(channel, rowsAtOnce);
      if (some.length > 0) {
        // Hidden by now, so what is left of an object is what is still to be read.
        if (first && tier) done.objects += await renewBelow(tier, channel, trim.below_id);
        await search.remove(some.map(({ message_id }) => ({ ...channel, message_id })));
      }
      more = (await store.removeTrimmed(channel, some)) || some.length > 0;
      done.removed += some.length;
      if (more) yield done;
    }
  }
}
