import type { Codec } from '../../schemas/codec.ts';
import { mergeMarkers } from '../markers.ts';
import type { RowWrite } from '../port.ts';
import type { Buckets } from './buckets.ts';
import { atOnce, concurrently } from './concurrently.ts';
import type { Session, Statement } from './session.ts';
import { type Placed, statementsOf } from './statements.ts';
import type { Trims } from './trims.ts';

/** One batch holds no more than that: the engine takes it as one write, of 8 MiB at most. */
const rowsInBatch = 100;
const bytesInBatch = 512 * 1024;

/**
 * Writes rows in three steps, each behind the one before: buckets, so that no row lies in one that readers don't know; the
 * rows; the heads, so that whoever sees a head finds all below it.
 */
export async function writeRows(
  { session, buckets, trims, codec, event_ttl_s }: WriteScope,
  writes: readonly RowWrite[],
): Promise<void> {
  const rows = newestOnly(writes);
  await buckets.note(rows.filter((row) => row.kind === 'message' && row.message.thread_id === null) as Message[]);
  const heads = rows.filter(isHead);
  await writeAll(
    session,
    rows.filter((row) => !isHead(row)).flatMap((row) => statementsOf(row, codec, event_ttl_s)),
  );
  await writeAll(
    session,
    heads.flatMap((row) => statementsOf(row, codec, event_ttl_s)),
  );
  for (const row of rows) if (row.kind === 'trim') trims.forget(row);
}

export interface WriteScope {
  session: Session;
  buckets: Buckets;
  trims: Trims;
  codec: Codec;
  event_ttl_s: number;
}

type Message = RowWrite & { kind: 'message' };

function isHead(row: RowWrite): boolean {
  return row.kind === 'head' || row.kind === 'read_floor';
}

export async function writeAll(session: Session, statements: Placed[]): Promise<void> {
  await concurrently(batchesOf(statements), atOnce, (batch) => session.batch(batch));
}

/** A unit has the head of a channel once for each event, and many markers of one person: only what they come to is written. */
function newestOnly(writes: readonly RowWrite[]): RowWrite[] {
  const merged = new Map<string, RowWrite>();
  const rows: RowWrite[] = [];
  for (const row of writes) {
    if (row.kind !== 'head' && row.kind !== 'read_floor' && row.kind !== 'marker') {
      rows.push(row);
      continue;
    }
    const key = `${row.kind}\0${row.workspace_id}\0${row.channel_id}\0${row.kind === 'marker' ? row.user_id : ''}`;
    const other = merged.get(key);
    merged.set(key, other ? newer(other, row) : row);
  }
  return [...rows, ...merged.values()];
}

function newer(a: RowWrite, b: RowWrite): RowWrite {
  if (a.kind === 'marker' && b.kind === 'marker') return { ...a, marker: mergeMarkers(a.marker, b.marker) };
  if (a.kind === 'head' && b.kind === 'head') return a.head.rev >= b.head.rev ? a : b;
  if (a.kind === 'read_floor' && b.kind === 'read_floor') return a.rev >= b.rev ? a : b;
  throw new Error(`rows of the kinds ${a.kind} and ${b.kind} don't merge`);
}

function batchesOf(statements: Placed[]): Statement[][] {
  const batches: Statement[][] = [];
  const open = new Map<string, { batch: Statement[]; bytes: number }>();
  for (const { partition, query, params } of statements) {
    const bytes = params.reduce<number>((sum, param) => sum + sizeOf(param), 0);
    let last = open.get(partition);
    if (!last || last.batch.length >= rowsInBatch || last.bytes + bytes > bytesInBatch) {
      last = { batch: [], bytes: 0 };
      open.set(partition, last);
      batches.push(last.batch);
    }
    last.batch.push({ query, params });
    last.bytes += bytes;
  }
  return batches;
}

function sizeOf(param: unknown): number {
  if (typeof param === 'string') return param.length * 3;
  return param instanceof Buffer ? param.length : 8;
}
