import { setTimeout as sleep } from 'node:timers/promises';
import { channelKey } from '../../platform/keys.ts';
import type { ChannelId } from '../../platform/messages/port.ts';
import type { CallContext } from '../calls/context.ts';
import { limits } from '../limits.ts';
import type { Socket } from '../transport/port.ts';
import { goneText, resetText } from '../wire/head-texts.ts';
import { storedEventFrame } from '../wire/message.ts';

const page = 100;
/** What a resume may have under way at once: a client that reads well must not be taken for one that doesn't. */
const pace_bytes = limits.unsent_bytes / 2;

/**
 * The same as `resumeChannel`, at once, where a channel's newest frames hold all that is asked for and the socket has room; undefined, and
 * nothing sent, where they don't.
 */
export function resumeAtOnce(
  { gateway }: CallContext,
  socket: Socket,
  channel: ChannelId,
  rev: number,
): string | undefined {
  const feed = gateway.feed(channel);
  if (!feed?.current || rev > feed.current.rev) return undefined;
  const recent = feed.since(rev);
  if (!recent || !fits(socket, recent)) return undefined;
  for (const frame of recent) socket.send(frame);
  return feed.texts.caughtUp;
}

/**
 * Sends every event of a channel after `rev` once, in order, and leaves the socket subscribed: nothing comes twice, and
 * nothing is left out between the last one sent and the first live one. `hears` is asked after each wait: what the person
 * has left meanwhile is neither sent nor subscribed again. Resolves with the channel's entry in `resumed`.
 */
export async function resumeChannel(
  context: CallContext,
  socket: Socket,
  channel: ChannelId,
  rev: number,
  hears: () => boolean,
): Promise<string> {
  const { channel_id } = channel;
  const feed = context.gateway.feed(channel);
  if (!feed?.current) return goneText(channel_id);
  if (rev > feed.current.rev) {
    // Events are in the store before they are here: the client may have read there what has yet to arrive.
    const stored = await context.store.head(channel);
    if (rev > stored.rev) return hears() ? resetText(channel_id, feed.current) : goneText(channel_id);
    await feed.reached(rev);
    if (!hears()) return goneText(channel_id);
  }
  const done = resumeAtOnce(context, socket, channel, rev);
  if (done) return done;

  // In several steps: live events must wait, for they would overtake.
  const topic = channelKey(channel.workspace_id, channel.channel_id);
  socket.unsubscribe(topic);
  try {
    let sent = rev;
    for (;;) {
      const rest = feed.since(sent);
      if (rest && fits(socket, rest)) {
        // In one go with the subscription: the next live event is the one after these.
        for (const frame of rest) socket.send(frame);
        return feed.texts.caughtUp;
      }
      if (rest) {
        const from = sent;
        for (const frame of rest) {
          // One at least, however large.
          if (sent > from && !fits(socket, [frame])) break;
          socket.send(frame);
          sent++;
        }
        await drained(socket);
        if (!hears()) return goneText(channel_id);
        continue;
      }
      const events = await context.store.eventsAfter(channel, sent, page);
      if (!hears()) return goneText(channel_id);
      if (!events || events.length === 0) return resetText(channel_id, feed.current);
      for (const event of events) {
        await drained(socket);
        if (!hears()) return goneText(channel_id);
        socket.send(storedEventFrame(channel, event, feed.current.seq));
        sent = event.rev;
      }
      // What the store had beyond the feed comes by it as well, and would be heard twice.
      await feed.reached(sent);
      if (!hears()) return goneText(channel_id);
    }
  } finally {
    if (hears()) socket.subscribe(topic);
  }
}

function fits(socket: Socket, frames: Buffer[]): boolean {
  return frames.reduce((sum, frame) => sum + frame.length, socket.unsent()) <= pace_bytes;
}

/** Waits, up to ten seconds, until the client has taken most of what it was sent. One that doesn't is closed as too slow. */
async function drained(socket: Socket): Promise<void> {
  for (let i = 0; i < 1000 && socket.unsent() > pace_bytes / 2; i++) await sleep(10);
}
