import type { Message } from '../../../schemas/generated/types.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId } from '../port.ts';
import { messageTime, partOf, sliceOf } from './place.ts';
import type { Session } from './session.ts';
import type { Placed } from './statements.ts';
import { writeAll } from './write.ts';

/**
 * Puts stubs beside their messages' bodies, then takes the bodies away: of this rev and older ones, whatever comes late. Whoever reads
 * in between finds the body.
 */
export async function writeStubs(
  { session, codec }: { session: Session; codec: Codec },
  channel: ChannelId,
  stubs: Message[],
): Promise<void> {
  const places = stubs.map((stub) => ({ stub, ...placeOf(channel, stub) }));
  await writeAll(
    session,
    places.map(
      ({ stub, table, names, key }): Placed => ({
        query: `INSERT INTO ${table} (${names.join(', ')}, cold) VALUES (${names.map(() => '?').join(', ')}, ?)`,
        params: [...key, codec.encode('Message', stub)],
        partition: key.slice(0, -1).join('\0'),
      }),
    ),
  );
  await writeAll(
    session,
    places.map(
      ({ stub, table, names, key }): Placed => ({
        query: `DELETE body FROM ${table} USING TIMESTAMP ? WHERE ${names.map((name) => `${name} = ?`).join(' AND ')}`,
        params: [messageTime(stub), ...key],
        partition: key.slice(0, -1).join('\0'),
      }),
    ),
  );
}

/** The row of a message: its table, and the columns and values of its key. */
export function placeOf({ workspace_id, channel_id }: ChannelId, message: Message) {
  const id = BigInt(message.message_id);
  return message.thread_id === null
    ? {
        table: 'messages',
        names: ['workspace_id', 'channel_id', 'slice', 'part', 'message_id'],
        key: [workspace_id, channel_id, sliceOf(id), partOf(message), id],
      }
    : {
        table: 'replies',
        names: ['workspace_id', 'channel_id', 'root_id', 'message_id'],
        key: [workspace_id, channel_id, BigInt(message.thread_id), id],
      };
}
