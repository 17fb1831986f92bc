import type { Message } from '../../../schemas/generated/types.ts';
import type { Objects } from '../../objects/port.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId } from '../port.ts';
import { coldFile } from './file.ts';
import type { HotMessages } from './hot.ts';
import { coldName } from './names.ts';
import { objectOf, stubOf } from './stub.ts';

/** What a file holds at most: messages, and code units of their texts. */
const mostMessages = 5000;
const mostUnits = 8 * 2 ** 20;
/** Rows read, and rows written, at once: nobody waits long behind them. */
const atOnce = 500;

export interface Archived {
  messages: number;
  objects: number;
  /** Rows that were looked at. */
  scanned: number;
}

export interface ArchiveRequest {
  /** Milliseconds since 1970: what was written before. */
  before: number;
  /** A file with fewer messages is not made: they wait for more. */
  least: number;
}

/**
 * Moves what messages say into objects: a file first, which is durable, then the stubs that name it. A crash in between leaves a
 * file that nobody names; the next run makes the same one again. A message that changed since it was read stays hot.
 * Yields what was done so far. One run at a time. Stops between two files once the signal aborts.
 */
export async function* archive(
  hot: HotMessages,
  objects: Objects,
  codec: Codec,
  { before, least }: ArchiveRequest,
  signal: AbortSignal,
): AsyncGenerator<Archived> {
  const done: Archived = { messages: 0, objects: 0, scanned: 0 };
  let channel: ChannelId | undefined;
  let waiting: Message[] = [];
  let units = 0;
  const put = async (): Promise<void> => {
    const messages = waiting;
    waiting = [];
    units = 0;
    if (!channel || messages.length < least) return;
    await move(hot, objects, codec, channel, messages);
    done.messages += messages.length;
    done.objects++;
  };
  for (let cursor: string | null = null; ; ) {
    const page = await hot.scan(cursor, atOnce);
    for (const { workspace_id, channel_id, message } of page.messages) {
      if (signal.aborted) return;
      done.scanned++;
      if (channel?.workspace_id !== workspace_id || channel.channel_id !== channel_id) await put();
      channel = { workspace_id, channel_id };
      // What was deleted has nothing left that takes room.
      if (message.created_at >= before || message.deleted || objectOf(message) !== undefined) continue;
      waiting.push(message);
      units += message.text.length;
      if (waiting.length >= mostMessages || units >= mostUnits) await put();
    }
    yield { ...done };
    cursor = page.cursor;
    if (cursor === null) break;
  }
  await put();
  yield done;
}

async function move(hot: HotMessages, objects: Objects, codec: Codec, channel: ChannelId, messages: Message[]) {
  const file = await coldFile(channel, messages, codec);
  const ids = messages.map(({ message_id }) => BigInt(message_id)).sort((a, b) => (a < b ? -1 : 1));
  const name = coldName(channel, String(ids[0]), String(ids.at(-1)), file);
  await objects.put(name, file);
  for (let from = 0; from < messages.length; from += atOnce)
    await hot.putStubs(
      channel,
      messages.slice(from, from + atOnce).map((message) => stubOf(message, name)),
    );
}
