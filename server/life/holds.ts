import { LRUCache } from 'lru-cache';
import type { Directory } from '../../platform/directory/port.ts';
import type { ChannelId, MessageStore } from '../../platform/messages/port.ts';

interface Held {
  all: boolean;
  channels: Set<string>;
}

/** Which channels holds keep: read anew for each look at a workspace, so that a hold counts for all that begins after it. */
export class Holds {
  /** Of the channels of one sweep, which come by workspace: a second is far below what people can tell. */
  private readonly known = new LRUCache<string, Promise<Held>>({ max: 100, ttl: 1000 });

  constructor(
    private readonly directory: Pick<Directory, 'holds'>,
    private readonly store: Pick<MessageStore, 'memberships'>,
  ) {}

  async keep({ workspace_id, channel_id }: ChannelId): Promise<boolean> {
    let held = this.known.get(workspace_id);
    if (!held) {
      held = this.read(workspace_id);
      this.known.set(workspace_id, held);
      held.catch(() => this.known.delete(workspace_id));
    }
    const { all, channels } = await held;
    return all || channels.has(channel_id);
  }

  private async read(workspace_id: string): Promise<Held> {
    const channels = new Set<string>();
    let all = false;
    for (const { channel_id, user_id } of await this.directory.holds(workspace_id)) {
      if (channel_id !== null) channels.add(channel_id);
      else if (user_id === null) all = true;
      // What someone wrote lies where they are, or were.
      else for (const one of await this.store.memberships({ workspace_id, user_id })) channels.add(one.channel_id);
    }
    return { all, channels };
  }
}
