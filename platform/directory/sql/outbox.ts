import type { DirectoryChange, ReplyTo } from '../../../schemas/generated/types.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { OutboxRow } from '../port.ts';
import { takeNumbers } from './counters.ts';
import type { Scope } from './scope.ts';

/** A change of a channel's story; its number and where it was made are the request's. */
export type DirectoryStory = Omit<DirectoryChange, 'change_id' | 'change_ids' | 'region'>;

/** People in one change: the schema's bound. */
export const peoplePerChange = 1_000;

/** Rows in one statement: 7 parameters each, far below every engine's bound. */
const rowsPerInsert = 500;

/**
 * Writes the changes in this order and resolves with the last change_id, null for none. The last row carries reply_to:
 * the answer goes out when all of them have.
 */
export async function writeOutbox(
  tx: Scope,
  channel: { workspace_id: string; channel_id: string },
  request: ChangeRequest,
  changes: DirectoryStory[],
): Promise<number | null> {
  if (changes.length === 0) return null;
  const first = await takeNumbers(tx, 'change_id', changes.length);
  const last = first + changes.length - 1;
  const rows = changes.map((change, index) => {
    const change_id = first + index;
    return {
      change_id,
      workspace_id: channel.workspace_id,
      channel_id: channel.channel_id,
      actor_id: request.actor_id,
      reply_to: change_id === last && request.reply_to !== null ? JSON.stringify(request.reply_to) : null,
      trace_id: request.trace_id,
      change: JSON.stringify({ change_id, change_ids: [], region: request.region ?? null, ...change }),
    };
  });
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await tx.db
      .insertInto('outbox')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
  return last;
}

/** One joined or left change for each 1,000 people. */
export function memberChanges(kind: 'joined' | 'left', userIds: string[]): DirectoryStory[] {
  const changes: DirectoryStory[] = [];
  for (let start = 0; start < userIds.length; start += peoplePerChange) {
    changes.push({ change: kind, user_ids: userIds.slice(start, start + peoplePerChange), channel: null });
  }
  return changes;
}

export async function readOutbox(scope: Scope, after: number, limit: number): Promise<OutboxRow[]> {
  const rows = await scope.db
    .selectFrom('outbox')
    .selectAll()
    .where('change_id', '>', after)
    .orderBy('change_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    workspace_id: row.workspace_id,
    channel_id: row.channel_id,
    actor_id: row.actor_id,
    reply_to: row.reply_to === null ? null : (JSON.parse(row.reply_to) as ReplyTo),
    trace_id: row.trace_id,
    // A row of an earlier release knows of no regions, nor of several changes in one.
    change: { region: null, change_ids: [], ...(JSON.parse(row.change) as DirectoryStory & { change_id: number }) },
  }));
}

export async function settleOutbox(scope: Scope, changeIds: number[]): Promise<void> {
  for (let start = 0; start < changeIds.length; start += rowsPerInsert) {
    const ids = changeIds.slice(start, start + rowsPerInsert);
    await scope.db.deleteFrom('outbox').where('change_id', 'in', ids).execute();
  }
}
