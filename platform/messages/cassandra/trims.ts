import { LRUCache } from 'lru-cache';
import type { ChannelId } from '../port.ts';
import type { Session } from './session.ts';

/** Where a channel's history begins, and how far everyone has read for what is gone. */
export interface Floor {
  id: bigint;
  seq: number;
  rev: number;
}

/** What another process has trimmed is hidden here after so long at most. */
const fresh_ms = 5_000;
const none: Floor = { id: 0n, seq: 0, rev: 0 };

/** Where channels' histories begin: asked with each read, so it is kept for a moment. */
export class Trims {
  private readonly known = new LRUCache<string, Floor>({ max: 50_000, ttl: fresh_ms });

  constructor(private readonly session: Session) {}

  async of({ workspace_id, channel_id }: ChannelId): Promise<Floor> {
    const key = `${workspace_id}\0${channel_id}`;
    const known = this.known.get(key);
    if (known) return known;
    const [row] = await this.session.rows(
      'SELECT trim_id, trim_seq, trim_rev FROM channels WHERE workspace_id = ? AND channel_id = ?',
      [workspace_id, channel_id],
    );
    const id = row?.['trim_id'] as bigint | null | undefined;
    const floor = id ? { id, seq: Number(row!['trim_seq']), rev: Number(row!['trim_rev']) } : none;
    this.known.set(key, floor);
    return floor;
  }

  /** It was written just now. */
  forget({ workspace_id, channel_id }: ChannelId): void {
    this.known.delete(`${workspace_id}\0${channel_id}`);
  }
}
