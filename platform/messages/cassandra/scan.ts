import type { Message } from '../../../schemas/generated/types.ts';
import type { ChannelId } from '../port.ts';
import { atOnce, concurrently } from './concurrently.ts';
import type { Find } from './find.ts';
import type { Row, Session } from './session.ts';
import type { Trims } from './trims.ts';

/** The tables that hold messages, and the keys of their rows: of the partition, then of the row. */
const tables = {
  messages: ['workspace_id', 'channel_id', 'slice', 'part', 'message_id'],
  replies: ['workspace_id', 'channel_id', 'root_id', 'message_id'],
} as const;
type Table = keyof typeof tables;

/** After which row to go on, none at a table's beginning; bigints as text. */
interface Place {
  table: Table;
  after: (string | number)[] | null;
}

/** All messages in the order of tokens. A cursor names a row, so it holds over restarts and new versions of the driver. */
export async function readScan(
  { session, find, trims }: { session: Session; find: Find; trims: Trims },
  cursor: string | null,
  limit: number,
): Promise<{ messages: ({ message: Message } & ChannelId)[]; cursor: string | null }> {
  const page = await rowPage(session, cursor, limit);
  const { rows } = page;
  const messages = await counted(
    find,
    rows.map((row) => ({
      workspace_id: row['workspace_id'] as string,
      channel_id: row['channel_id'] as string,
      message: find.decode(row),
    })),
  );
  return { messages: await untrimmed(trims, messages), cursor: page.cursor };
}

/** Rows of all messages, keys, bodies and stubs, from a cursor on. */
export async function rowPage(
  session: Session,
  cursor: string | null,
  limit: number,
): Promise<{ rows: Row[]; cursor: string | null }> {
  const { table, after } = cursor === null ? ({ table: 'messages', after: null } as Place) : decode(cursor);
  const rows = await rowsAfter(session, table, after, limit);
  const last = rows.at(-1);
  if (last && rows.length === limit) return { rows, cursor: encode({ table, after: keyOf(table, last) }) };
  return { rows, cursor: table === 'messages' ? encode({ table: 'replies', after: null }) : null };
}

async function rowsAfter(session: Session, table: Table, after: Place['after'], limit: number): Promise<Row[]> {
  const keys = tables[table];
  const select = `SELECT ${keys.join(', ')}, body, cold FROM ${table}`;
  if (!after) return session.rows(`${select} LIMIT ?`, [limit]);
  const partition = keys.slice(0, -1);
  const id = BigInt(after.at(-1)!);
  const values = after.slice(0, -1).map((value, i) => (keys[i] === 'root_id' ? BigInt(value) : value));
  // First what is left of the partition, in its own order; then those behind it on the ring.
  const rows = await session.rows(
    `${select} WHERE ${partition.map((name) => `${name} = ?`).join(' AND ')} AND message_id ${table === 'messages' ? '<' : '>'} ? LIMIT ?`,
    [...values, id, limit],
  );
  if (rows.length === limit) return rows;
  const marks = partition.map(() => '?').join(', ');
  const more = await session.rows(`${select} WHERE token(${partition.join(', ')}) > token(${marks}) LIMIT ?`, [
    ...values,
    limit - rows.length,
  ]);
  return [...rows, ...more];
}

async function counted(find: Find, found: ({ message: Message } & ChannelId)[]): Promise<typeof found> {
  const channels = new Map<string, typeof found>();
  for (const one of found) {
    const key = `${one.workspace_id}\0${one.channel_id}`;
    channels.set(key, [...(channels.get(key) ?? []), one]);
  }
  const all = await concurrently([...channels.values()], atOnce, async (some) => {
    const { workspace_id, channel_id } = some[0]!;
    const messages = await find.counted(
      { workspace_id, channel_id },
      some.map(({ message }) => message),
    );
    return messages.map((message) => ({ workspace_id, channel_id, message }));
  });
  return all.flat();
}

async function untrimmed<Found extends { message: Message } & ChannelId>(
  trims: Trims,
  found: Found[],
): Promise<Found[]> {
  const kept = await concurrently(found, atOnce, async (one) => {
    const floor = await trims.of(one);
    return BigInt(one.message.message_id) >= floor.id ? [one] : [];
  });
  return kept.flat();
}

function keyOf(table: Table, row: Row): (string | number)[] {
  return tables[table].map((name) =>
    typeof row[name] === 'bigint' ? String(row[name]) : (row[name] as string | number),
  );
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decode(cursor: string): Place {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Place;
}
