import { setTimeout as sleep } from 'node:timers/promises';
import { channelKey } from '../../platform/keys.ts';
import type { ChannelId, Head } from '../../platform/messages/port.ts';
import type { CallContext } from '../calls/context.ts';
import { limits } from '../limits.ts';
import type { Socket } from '../transport/port.ts';
import { storedEventFrame } from '../wire/message.ts';

/** More missed events than this, and reading the history is the better way. */
const mostEvents = 10_000;
const page = 500;

/**
 * Sends every event of a channel after `rev` once, in order, and leaves the socket subscribed: nothing comes twice, and
 * nothing is left out between the last one sent and the first live one.
 */
export async function resumeChannel(
  context: CallContext,
  socket: Socket,
  channel: ChannelId,
  rev: number,
): Promise<{ status: string; head?: Head }> {
  const feed = context.gateway.feed(channel);
  const head = feed?.current;
  if (!feed || !head) return { status: 'gone' };
  if (rev > head.rev) return { status: 'reset', head };
  const recent = feed.since(rev);
  if (recent) {
    for (const frame of recent) socket.send(frame);
    return { status: 'caught_up', head };
  }
  if (head.rev - rev > mostEvents) return { status: 'reset', head };

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
        return { status: 'caught_up', head: feed.current! };
      }
      const events = await context.store.eventsAfter(channel, sent, page);
      if (!events || events.length === 0) return { status: 'reset', head: feed.current! };
      await drained(socket);
      for (const event of events) {
        const frame = storedEventFrame(channel, event, feed.current!.seq);
        socket.send(frame);
        sent = event.rev;
      }
    }
  } finally {
    socket.subscribe(topic);
  }
}

/** Waits, up to ten seconds, until the client has taken most of what it was sent. One that doesn't is closed as too slow. */
async function drained(socket: Socket): Promise<void> {
  for (let i = 0; i < 1000 && socket.unsent() > limits.unsent_bytes / 4; i++) await sleep(10);
}
