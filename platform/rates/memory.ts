import { LRUCache } from 'lru-cache';
import type { Person } from '../directory/person.ts';
import { personKey } from '../keys.ts';
import type { Rate, Rates } from './port.ts';

/** Buckets of one process. At the bound the longest unused are forgotten, full again. */
export class MemoryRates implements Rates {
  private readonly buckets = new LRUCache<string, { left: number; at: number }>({ max: 100_000 });

  constructor(private readonly clock: () => number = Date.now) {}

  async take({ workspace_id, user_id }: Person, wanted: number, { per_second, burst }: Rate): Promise<number> {
    const now = this.clock();
    const key = personKey(workspace_id, user_id);
    const { left, at } = this.buckets.get(key) ?? { left: burst, at: now };
    const full = Math.min(burst, left + (Math.max(0, now - at) / 1000) * per_second);
    const given = Math.min(wanted, Math.floor(full));
    this.buckets.set(key, { left: full - given, at: now });
    return given;
  }

  async close(): Promise<void> {
    this.buckets.clear();
  }
}
