import type { ReadMarker } from '../../../schemas/generated/types.ts';
import type { Person } from '../../directory/person.ts';
import { markerInForce, type ReadFloor, unreadMarker } from '../markers.ts';
import {
  type Head,
  type Membership,
  mentionsCounted,
  mentionsRead,
  participantsShown,
  type ThreadState,
  type Unread,
} from '../port.ts';
import { atOnce, concurrently } from './concurrently.ts';
import type { Row, Session } from './session.ts';

/** A channel's row: its head, and what everyone has read of it. */
export interface ChannelRow {
  head: Head;
  floor: ReadFloor | undefined;
}

/** What is kept by person, and the channels' rows that it is read with. */
export class People {
  constructor(private readonly session: Session) {}

  async channel(workspace_id: string, channel_id: string): Promise<ChannelRow> {
    const [row] = await this.session.rows(
      'SELECT rev, seq, floor_rev, floor_seq FROM channels WHERE workspace_id = ? AND channel_id = ?',
      [workspace_id, channel_id],
    );
    return {
      head: { rev: Number(row?.['rev'] ?? 0), seq: Number(row?.['seq'] ?? 0) },
      floor: row?.['floor_rev'] ? { rev: Number(row['floor_rev']), seq: Number(row['floor_seq']) } : undefined,
    };
  }

  channels(workspace_id: string, channel_ids: string[]): Promise<ChannelRow[]> {
    return concurrently(channel_ids, atOnce, (channel_id) => this.channel(workspace_id, channel_id));
  }

  async memberships({ workspace_id, user_id }: Person): Promise<Membership[]> {
    const rows = await this.session.rows(
      'SELECT channel_id, joined, rev FROM memberships WHERE workspace_id = ? AND user_id = ?',
      [workspace_id, user_id],
    );
    return rows.map((row) => ({
      channel_id: row['channel_id'] as string,
      joined: row['joined'] as boolean,
      rev: Number(row['rev']),
    }));
  }

  async marker(person: Person, channel_id: string): Promise<ReadMarker> {
    const [channel, own] = await Promise.all([
      this.channel(person.workspace_id, channel_id),
      this.ownMarkers(person, [channel_id]),
    ]);
    return inForce(own.get(channel_id), channel);
  }

  async unreads(person: Person, channel_ids: string[]): Promise<Unread[]> {
    // Heads first: a marker never lies beyond the head that is read behind it.
    const channels = await this.channels(person.workspace_id, channel_ids);
    const own = await this.ownMarkers(person, channel_ids);
    const asked = channel_ids.map((channel_id, i) => {
      return { channel_id, head: channels[i]!.head, marker: inForce(own.get(channel_id), channels[i]!) };
    });
    return concurrently(asked, atOnce, async ({ channel_id, head, marker }) => ({
      channel_id,
      last_seq: head.seq,
      last_read_seq: marker.last_read_seq,
      unread: Math.max(0, head.seq - marker.last_read_seq),
      mentions: await this.mentionsAfter(person, channel_id, marker.last_read_rev),
    }));
  }

  private async ownMarkers({ workspace_id, user_id }: Person, channel_ids: string[]): Promise<Map<string, OwnReading>> {
    if (channel_ids.length === 0) return new Map();
    const rows = await this.session.rows(
      `SELECT channel_id, seq_epoch, last_read_seq, rev_epoch, last_read_rev, since_rev, own_seq, own_rev FROM markers
       WHERE workspace_id = ? AND user_id = ? AND channel_id IN ?`,
      [workspace_id, user_id, [...new Set(channel_ids)]],
    );
    return new Map(rows.map((row) => [row['channel_id'] as string, readingOf(row)]));
  }

  async threadState({ workspace_id, user_id }: Person, channel_id: string, root: bigint): Promise<ThreadState> {
    const [people, [marker]] = await Promise.all([
      this.session.rows(
        'SELECT user_id FROM participants WHERE workspace_id = ? AND channel_id = ? AND root_id = ? LIMIT ?',
        [workspace_id, channel_id, root, participantsShown],
      ),
      this.session.rows(
        'SELECT last_read_id FROM thread_markers WHERE workspace_id = ? AND user_id = ? AND channel_id = ? AND root_id = ?',
        [workspace_id, user_id, channel_id, root],
      ),
    ]);
    return {
      participants: people.map((row) => row['user_id'] as string),
      last_read_id: marker ? String(marker['last_read_id']) : null,
    };
  }

  /** Events that mention the person, by name or with all, above a rev. */
  private async mentionsAfter({ workspace_id, user_id }: Person, channel_id: string, rev: number): Promise<number> {
    const found = new Set<bigint>();
    const count = async (query: string, params: unknown[]): Promise<void> => {
      for await (const row of this.session.some(query, params, mentionsRead)) {
        if (found.size >= mentionsCounted) return;
        if (row['alive'] === true && row['author_id'] !== user_id) found.add(row['rev'] as bigint);
      }
    };
    await Promise.all([
      count('SELECT rev, alive FROM mentions WHERE workspace_id = ? AND user_id = ? AND channel_id = ? AND rev > ?', [
        ...[workspace_id, user_id, channel_id],
        BigInt(rev),
      ]),
      count(
        'SELECT rev, author_id, alive FROM channel_mentions WHERE workspace_id = ? AND channel_id = ? AND rev > ?',
        [...[workspace_id, channel_id], BigInt(rev)],
      ),
    ]);
    return Math.min(found.size, mentionsCounted);
  }
}

interface OwnReading {
  marker: ReadMarker;
  floor: ReadFloor | undefined;
}

/** The parts of a marker are written together, so all are of the highest epoch. */
function readingOf(row: Row): OwnReading {
  const number = (column: string): number => Number(row[column] ?? 0);
  return {
    marker: {
      epoch: number('seq_epoch'),
      last_read_seq: number('last_read_seq'),
      last_read_rev: number('last_read_rev'),
      since_rev: number('since_rev'),
    },
    floor: row['own_rev'] ? { seq: number('own_seq'), rev: number('own_rev') } : undefined,
  };
}

function inForce(own: OwnReading | undefined, { floor }: ChannelRow): ReadMarker {
  return markerInForce(own?.marker ?? unreadMarker, [own?.floor, floor]);
}
