import type { Person } from '../../directory/person.ts';
import type { ChannelId, StoredEventBody } from '../port.ts';
import { renamed } from '../renamed.ts';
import type { Buckets } from './buckets.ts';
import { eventsInPart } from './place.ts';
import type { Session } from './session.ts';
import type { Placed } from './statements.ts';
import { writeAll } from './write.ts';

const now = (): bigint => BigInt(Date.now()) * 1000n;

/**
 * Removes what lies under a person. Their rows are written with revs as times, far below the clock's: so what comes late, or ever,
 * for this person is gone as well.
 */
export async function forgetPerson(session: Session, { workspace_id, user_id }: Person): Promise<void> {
  await writeAll(
    session,
    ['memberships', 'markers', 'mentions'].map((table) => ({
      query: `DELETE FROM ${table} USING TIMESTAMP ? WHERE workspace_id = ? AND user_id = ?`,
      params: [now(), workspace_id, user_id],
      partition: `${workspace_id}\0${user_id}`,
    })),
  );
  // The times of these are message ids, which are above any clock's.
  await writeAll(session, [
    {
      query: 'DELETE FROM thread_markers USING TIMESTAMP ? WHERE workspace_id = ? AND user_id = ?',
      params: [2n ** 63n - 1n, workspace_id, user_id],
      partition: `${workspace_id}\0${user_id}`,
    },
  ]);
}

/** Rows that are written in one step. */
const stepSize = 500;

/** Takes them out of the participants of a channel's threads, step by step. */
export async function* forgetInThreads(
  { session, buckets }: { session: Session; buckets: Buckets },
  channel: ChannelId,
  userId: string,
): AsyncGenerator<void> {
  const { workspace_id, channel_id } = channel;
  for await (const { slice } of buckets.slices(channel, 0, 'newer')) {
    const roots = await session.rows(
      'SELECT root_id FROM reply_counts WHERE workspace_id = ? AND channel_id = ? AND slice = ?',
      [workspace_id, channel_id, slice],
    );
    yield* inSteps(
      session,
      roots.map((row) => ({
        query:
          'DELETE FROM participants USING TIMESTAMP ? WHERE workspace_id = ? AND channel_id = ? AND root_id = ? AND user_id = ?',
        params: [now(), workspace_id, channel_id, row['root_id'], userId],
        partition: `${workspace_id}\0${channel_id}\0${row['root_id']}`,
      })),
    );
  }
}

/** Writes, so many at once, and yields at least once. */
async function* inSteps(session: Session, statements: Placed[]): AsyncGenerator<void> {
  for (let from = 0; from === 0 || from < statements.length; from += stepSize) {
    await writeAll(session, statements.slice(from, from + stepSize));
    yield;
  }
}

/** Step by step. */
export async function* renameInMentions(
  session: Session,
  { workspace_id, channel_id }: ChannelId,
  userId: string,
  instead: string,
): AsyncGenerator<void> {
  const rows = await session.rows(
    'SELECT rev, author_id, WRITETIME(author_id) AS time FROM channel_mentions WHERE workspace_id = ? AND channel_id = ?',
    [workspace_id, channel_id],
  );
  yield;
  yield* inSteps(
    session,
    rows
      .filter((row) => row['author_id'] === userId)
      .map((row) => ({
        query:
          'UPDATE channel_mentions USING TIMESTAMP ? SET author_id = ? WHERE workspace_id = ? AND channel_id = ? AND rev = ?',
        params: [(row['time'] as bigint) + 1n, instead, workspace_id, channel_id, row['rev']],
        partition: `${workspace_id}\0${channel_id}`,
      })),
  );
}

/** In one partition of events; each keeps the time that it has left. */
export async function renameInEvents(
  session: Session,
  { workspace_id, channel_id }: ChannelId,
  part: number,
  userId: string,
  instead: string,
): Promise<void> {
  const rows = await session.rows(
    'SELECT rev, event, TTL(event) AS ttl FROM events WHERE workspace_id = ? AND channel_id = ? AND part = ? LIMIT ?',
    [workspace_id, channel_id, part, eventsInPart],
  );
  const quoted = JSON.stringify(userId);
  await writeAll(
    session,
    rows
      .filter((row) => (row['event'] as string).includes(quoted))
      .map((row) => ({
        query: 'INSERT INTO events (workspace_id, channel_id, part, rev, event) VALUES (?, ?, ?, ?, ?) USING TTL ?',
        params: [
          ...[workspace_id, channel_id, part, row['rev']],
          JSON.stringify(renamed(JSON.parse(row['event'] as string) as StoredEventBody, userId, instead)),
          row['ttl'],
        ],
        partition: `${workspace_id}\0${channel_id}\0${part}`,
      })),
  );
}
