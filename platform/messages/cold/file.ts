import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Message } from '../../../schemas/generated/types.ts';
import { MillraceError } from '../../errors/error.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { ChannelId } from '../port.ts';

/** First bytes of a file; the rest is gzip. */
const magic = Buffer.from('MRC1');
/** Unpacked. Far above what a file is made of (archive.ts), so that a strange one can not fill the memory. */
const mostBytes = 256 * 2 ** 20;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Says, before any message, what the file holds. Those of before 2026-12 say the first and the last id, too. */
interface Header extends ChannelId {
  count: number;
}

/**
 * Messages of one channel as a file: a line of JSON that says whose they are, then for each its length (4 bytes) and its
 * bytes in the wire format of the log, so that files of older versions are read by Avro's rules. The same messages make
 * the same bytes.
 */
export async function coldFile(
  { workspace_id, channel_id }: ChannelId,
  messages: Message[],
  codec: Codec,
): Promise<Buffer> {
  const header: Header = { workspace_id, channel_id, count: messages.length };
  const parts: Buffer[] = [Buffer.from(`${JSON.stringify(header)}\n`)];
  for (const message of messages) {
    const bytes = codec.encode('Message', message);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat([magic, await pack(Buffer.concat(parts))]);
}

/** A file's messages by their ids. Error: `data_damaged` for one that is cut, or is another channel's. */
export async function readColdFile(
  name: string,
  file: Buffer,
  channel: ChannelId,
  codec: Codec,
): Promise<Map<string, Message>> {
  const bytes = await unpacked(name, file);
  const end = bytes.indexOf('\n');
  const header = headerOf(name, bytes.subarray(0, Math.max(0, end)));
  if (header.workspace_id !== channel.workspace_id || header.channel_id !== channel.channel_id)
    throw damaged(name, `is of the channel ${header.channel_id} of ${header.workspace_id}`);
  const records: Buffer[] = [];
  for (let at = end + 1; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw damaged(name, 'ends within a message');
    const from = at + 4;
    at = from + bytes.readUInt32BE(at);
    if (at > bytes.length) throw damaged(name, 'ends within a message');
    records.push(bytes.subarray(from, at));
  }
  if (records.length !== header.count) throw damaged(name, `has ${records.length} of its ${header.count} messages`);
  await codec.learn(records);
  return new Map(
    records.map((record) => {
      const message = codec.decode(record).value as Message;
      return [message.message_id, message];
    }),
  );
}

async function unpacked(name: string, file: Buffer): Promise<Buffer> {
  if (!file.subarray(0, magic.length).equals(magic)) throw damaged(name, 'is no file of messages');
  try {
    return await unpack(file.subarray(magic.length), { maxOutputLength: mostBytes });
  } catch (error) {
    throw damaged(name, 'can not be unpacked', error);
  }
}

function headerOf(name: string, line: Buffer): Header {
  try {
    const header = JSON.parse(line.toString()) as Partial<Header>;
    if (typeof header.count === 'number') return header as Header;
  } catch {
    // Said below, as for a header that lacks its fields.
  }
  throw damaged(name, 'has no header');
}

export function damaged(name: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError('data_damaged', `object ${name}: ${why}: bring it back from a backup`, { cause });
}
