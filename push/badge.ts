import { LRUCache } from 'lru-cache';
import type { Person } from '../platform/directory/person.ts';
import type { Directory } from '../platform/directory/port.ts';
import { channelKey } from '../platform/keys.ts';
import type { MessageStore } from '../platform/messages/port.ts';

const perCall = 1000;

/** The number on an app's icon: unread mentions, and whatever is unread in dms and groups; nothing of muted channels. */
export class Badge {
  /** Whether a channel is a dm or group, which it stays. */
  private readonly direct = new LRUCache<string, boolean>({ max: 50_000 });

  constructor(private readonly ports: { directory: Directory; store: MessageStore }) {}

  async of(person: Person): Promise<number> {
    const { store, directory } = this.ports;
    const joined = (await store.memberships(person)).filter((membership) => membership.joined);
    const levels = new Map((await directory.pushLevels(person)).map(({ channel_id, level }) => [channel_id, level]));
    const ids = joined.map(({ channel_id }) => channel_id).filter((id) => levels.get(id) !== 'none');
    let count = 0;
    for (let at = 0; at < ids.length; at += perCall) {
      const some = ids.slice(at, at + perCall);
      await this.learn(person.workspace_id, some);
      const unreads = await store.unreads(person, some);
      for (const [i, { unread, mentions }] of unreads.entries()) {
        const id = some[i]!;
        const all = levels.get(id) !== 'mentions' && this.direct.get(channelKey(person.workspace_id, id));
        count += all ? Math.max(unread, mentions) : mentions;
      }
    }
    return count;
  }

  private async learn(workspaceId: string, ids: string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.direct.has(channelKey(workspaceId, id)));
    if (unknown.length === 0) return;
    for (const { channel_id, type } of await this.ports.directory.channelsById(workspaceId, unknown))
      this.direct.set(channelKey(workspaceId, channel_id), type === 'dm' || type === 'group');
  }
}
