import { LRUCache } from 'lru-cache';
import type { Access, Directory, Person } from '../../platform/directory/port.ts';

/** Short enough that what the directory withdraws is in force within a second, whoever changed it. */
const fresh_ms = 500;

/**
 * What the directory said of a person in a channel, for half a second. Changes made here are forgotten at once. Bounded;
 * at the bound the longest unused goes.
 */
export class KnownAccess {
  private readonly known = new LRUCache<string, { access: Promise<Access | undefined> }>({
    max: 50_000,
    ttl: fresh_ms,
  });

  constructor(private readonly directory: Directory) {}

  of(person: Person, channelId: string): Promise<Access | undefined> {
    const key = keyOf(person, channelId);
    const known = this.known.get(key);
    if (known) return known.access;
    // The two ids alone: a caller carries more, which a worker thread may not be able to take.
    const { workspace_id, user_id } = person;
    const access = this.directory.access({ workspace_id, user_id }, channelId);
    this.known.set(key, { access });
    // A failure is not an answer to remember.
    access.catch(() => this.known.delete(key));
    return access;
  }

  forget(person: Person, channelId: string): void {
    this.known.delete(keyOf(person, channelId));
  }

  /** After a change of the channel itself. */
  forgetAll(): void {
    this.known.clear();
  }
}

function keyOf({ workspace_id, user_id }: Person, channelId: string): string {
  return `${workspace_id}\0${user_id}\0${channelId}`;
}
