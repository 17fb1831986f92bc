import type { StaleObject } from '../cold/hot.ts';
import { objectOf } from '../cold/stub.ts';
import type { Find } from './find.ts';
import { rowPage } from './scan.ts';
import type { Session } from './session.ts';
import type { Placed } from './statements.ts';
import { placeOf } from './stubs.ts';
import { writeAll } from './write.ts';

const rowsAtOnce = 1000;

/** Rows that were written since they were archived have a body beside their stub. Finding them reads every row once. */
export async function readStale(
  { session, find }: { session: Session; find: Find },
  cursor: string | null,
): Promise<{ objects: StaleObject[]; cursor: string | null }> {
  const page = await rowPage(session, cursor, rowsAtOnce);
  const objects = new Map<string, StaleObject>();
  for (const row of page.rows) {
    if (!row['cold'] || !row['body']) continue;
    const [stub, message] = [find.stub(row), find.decode(row)];
    const object = stub && objectOf(stub);
    if (object === undefined || message.rev <= stub!.rev) continue;
    const [workspace_id, channel_id] = [row['workspace_id'] as string, row['channel_id'] as string];
    const stale = objects.get(object) ?? { workspace_id, channel_id, object, message_ids: [] };
    stale.message_ids.push(message.message_id);
    objects.set(object, stale);
  }
  return { objects: [...objects.values()], cursor: page.cursor };
}

/** Takes the stubs away beside which a body stands. */
export async function settleStale(
  { session, find }: { session: Session; find: Find },
  { workspace_id, channel_id, message_ids }: StaleObject,
): Promise<void> {
  const channel = { workspace_id, channel_id };
  for (let at = 0; at < message_ids.length; at += 100) {
    const messages = await find.messages(channel, message_ids.slice(at, at + 100).map(BigInt));
    // Archived anew meanwhile: then its stub is the truth.
    const whole = messages.filter((message) => objectOf(message) === undefined);
    await writeAll(
      session,
      whole.map((message): Placed => {
        const { table, names, key } = placeOf(channel, message);
        return {
          query: `DELETE cold FROM ${table} WHERE ${names.map((name) => `${name} = ?`).join(' AND ')}`,
          params: key,
          partition: key.slice(0, -1).join('\0'),
        };
      }),
    );
  }
}
