import { LRUCache } from 'lru-cache';
import type { Person } from '../../platform/directory/person.ts';
import type { Access, Directory } from '../../platform/directory/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import { LastWord } from '../last-word.ts';

/** Short enough that what the directory withdraws is in force within a second, whoever changed it. */
const fresh_ms = 500;

/**
 * What the directory said of a person in a channel, for half a second. Changes made here are forgotten at once. While the
 * directory does not answer its last word on members counts, if the store, which hears of each removal by the log, still has
 * them as members. Bounded; at the bound the longest unused goes.
 */
export class KnownAccess {
  private readonly known = new LRUCache<string, { access: Promise<Access | undefined> }>({
    max: 50_000,
    ttl: fresh_ms,
  });
  private readonly last = new LastWord<Access>();

  constructor(
    private readonly directory: Pick<Directory, 'access'>,
    private readonly store: Pick<MessageStore, 'memberships'>,
  ) {}

  of(person: Person, channelId: string): Promise<Access | undefined> {
    const key = keyOf(person, channelId);
    const known = this.known.get(key);
    if (known) return known.access;
    const access = this.ask(person, channelId, key);
    this.known.set(key, { access });
    // A failure is not an answer to remember.
    access.catch(() => this.known.delete(key));
    return access;
  }

  /** After a change of the channel itself. */
  forgetChannel(workspaceId: string, channelId: string): void {
    const isOf = (key: string): boolean => key.startsWith(`${workspaceId}\0`) && key.endsWith(`\0${channelId}`);
    for (const key of this.known.keys()) if (isOf(key)) this.known.delete(key);
    this.last.forgetThose(isOf);
  }

  private async ask(person: Person, channelId: string, key: string): Promise<Access | undefined> {
    // The two ids alone: a caller carries more, which a worker thread may not be able to take.
    const { workspace_id, user_id } = person;
    return this.last.of(
      key,
      () => this.directory.access({ workspace_id, user_id }, channelId),
      async (access) => {
        if (!access.member) return false;
        const memberships = await this.store.memberships({ workspace_id, user_id });
        return memberships.some((membership) => membership.channel_id === channelId && membership.joined);
      },
    );
  }
}

function keyOf({ workspace_id, user_id }: Person, channelId: string): string {
  return `${workspace_id}\0${user_id}\0${channelId}`;
}
