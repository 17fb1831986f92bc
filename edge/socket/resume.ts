import { setTimeout as sleep } from 'node:timers/promises';
import { channelKey } from '../../platform/keys.ts';
import type { ChannelId, Head } from '../../platform/messages/port.ts';
import type { CallContext } from '../calls/context.ts';
import { limits } from '../limits.ts';
import type { Socket } from '../transport/port.ts';
import { storedEventFrame } from '../wire/message.ts';

const page = 500;

export type Resumed = { status: 'caught_up' | 'reset'; head: Head } | { status: 'gone' };

/**
 * Sends every event of a channel after `rev` once, in order, and leaves the socket subscribed: nothing comes twice, and
 * nothing is left out between the last one sent and the first live one. `hears` is asked after each wait: what the person
 * has left meanwhile is neither sent nor subscribed again.
 */
export async function resumeChannel(
  context: CallContext,
  socket: Socket,
  channel: ChannelId,
  rev: number,
  hears: () => boolean,
): Promise<Resumed> {
  const feed = context.gateway.feed(channel);
  if (!feed?.current) return { status: 'gone' };
  if (rev > feed.current.rev) {
    // Events are in the store before they are here: the client may have read there what has yet to arrive.
    const stored = await context.store.head(channel);
    if (rev > stored.rev) return hears() ? { status: 'reset', head: feed.current } : { status: 'gone' };
    await feed.reached(rev);
    if (!hears()) return { status: 'gone' };
  }
  const recent = feed.since(rev);
  if (recent) {
    for (const frame of recent) socket.send(frame);
    return { status: 'caught_up', head: feed.current };
  }

  // From the store: live events must wait, for they would overtake.
  const topic = channelKey(channel.workspace_id, channel.channel_id);
  socket.unsubscribe(topic);
  try {
    let sent = rev;
    for (;;) {
      const rest = feed.since(sent);
      if (rest) {
        // In one go with the subscription: the next live event is the one after these.
        for (const frame of rest) socket.send(frame);
        return { status: 'caught_up', head: feed.current };
      }
      const events = await context.store.eventsAfter(channel, sent, page);
      if (!hears()) return { status: 'gone' };
      if (!events || events.length === 0) return { status: 'reset', head: feed.current };
      await drained(socket);
      if (!hears()) return { status: 'gone' };
      for (const event of events) {
        socket.send(storedEventFrame(channel, event, feed.current.seq));
        sent = event.rev;
      }
      // What the store had beyond the feed comes by it as well, and would be heard twice.
      await feed.reached(sent);
      if (!hears()) return { status: 'gone' };
    }
  } finally {
    if (hears()) socket.subscribe(topic);
  }
}

/** Waits, up to ten seconds, until the client has taken most of what it was sent. One that doesn't is closed as too slow. */
async function drained(socket: Socket): Promise<void> {
  for (let i = 0; i < 1000 && socket.unsent() > limits.unsent_bytes / 4; i++) await sleep(10);
}
