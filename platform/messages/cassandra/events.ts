import type { ChannelId, StoredEvent, StoredEventBody } from '../port.ts';
import type { Find } from './find.ts';
import { eventsInPart } from './place.ts';
import type { Row, Session } from './session.ts';

/**
 * Events above `rev` in order, their messages as they are now; undefined when the next one is no longer kept. `headRev` was
 * read before, so that an event below it is there unless it has expired.
 */
export async function readEvents(
  { session, find }: { session: Session; find: Find },
  channel: ChannelId,
  { rev, headRev, limit }: { rev: number; headRev: number; limit: number },
): Promise<StoredEvent[] | undefined> {
  const rows: Row[] = [];
  for (let part = Math.floor((rev + 1) / eventsInPart); part <= headRev / eventsInPart; part++) {
    const more = await session.rows(
      'SELECT rev, event FROM events WHERE workspace_id = ? AND channel_id = ? AND part = ? AND rev > ? LIMIT ?',
      [channel.workspace_id, channel.channel_id, part, BigInt(rev), limit - rows.length],
    );
    rows.push(...more);
    // A part without any, or one that ends early, means a gap, found below.
    if (more.length === 0 || rows.length >= limit) break;
  }
  if (rows.length === 0) return headRev > rev && limit > 0 ? undefined : [];
  if (rows.some((row, i) => Number(row['rev']) !== rev + 1 + i)) return undefined;

  const events = rows.map((row) => JSON.parse(row['event'] as string) as StoredEventBody);
  const ids = events.flatMap((event) => ('body' in event ? [] : [BigInt(event.message_id)]));
  const messages = new Map((await find.messages(channel, ids)).map((message) => [message.message_id, message]));
  const stored: StoredEvent[] = [];
  for (const [i, event] of events.entries()) {
    const at = rev + 1 + i;
    if ('body' in event) {
      stored.push({ rev: at, body: event.body });
      continue;
    }
    const message = messages.get(event.message_id);
    if (!message) return undefined;
    stored.push({ rev: at, kind: event.kind, message });
  }
  return stored;
}
