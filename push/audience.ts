import { LRUCache } from 'lru-cache';
import type { Directory } from '../platform/directory/port.ts';
import type { Reached } from '../platform/directory/push-port.ts';
import { channelKey, personKey } from '../platform/keys.ts';
import type { Append, Log } from '../platform/log/port.ts';
import type { MessageStore } from '../platform/messages/port.ts';
import type { Notice } from '../platform/push/work.ts';

const page = 200;
/** The directory's bound; of more it is asked for everyone, and `isReached` leaves out who isn't meant. */
const mostNamed = 1000;
/** A level that someone sets, or a channel's new type, counts after so long at most. */
const fresh_ms = 10_000;

/** Finds whom a message may reach, and writes a candidate for each. */
export class Audience {
  /** Channels, none of them direct, of which nobody wants all. */
  private readonly silent = new LRUCache<string, true>({ max: 50_000, ttl: fresh_ms });
  private readonly direct = new LRUCache<string, boolean>({ max: 50_000, ttl: fresh_ms });

  constructor(
    private readonly directory: Directory,
    private readonly store: MessageStore,
    private readonly log: Log,
  ) {}

  /** In order, so that a channel's candidates lie on the log in the order of its revs. Error: `unavailable`. */
  async reach(notices: Notice[]): Promise<void> {
    for (const notice of notices) if (!this.isSilent(notice)) await this.reachOf(notice);
  }

  /** Whether a message, as most do, means nobody in particular, in a channel of which nobody wants all. */
  private isSilent({ workspace_id, channel_id, named, thread_id, everyone }: Notice): boolean {
    if (everyone || named.length > 0 || thread_id !== null) return false;
    return this.silent.has(channelKey(workspace_id, channel_id));
  }

  private async reachOf(notice: Notice): Promise<void> {
    const { workspace_id, channel_id } = notice;
    const key = channelKey(workspace_id, channel_id);
    const direct = !notice.edited && (await this.isDirect(key, notice));
    const meant = new Set(notice.named);
    if (notice.thread_id !== null && !notice.edited)
      for (const user of await this.inThread(notice, notice.thread_id)) meant.add(user);
    const everyone = direct || notice.everyone || meant.size > mostNamed;
    const general = !everyone && meant.size === 0;
    if (general && this.silent.has(key)) return;
    let cursor: string | undefined;
    let anyone = false;
    do {
      const whom = { everyone, named: everyone ? [] : [...meant] };
      const found = await this.directory.audience(workspace_id, channel_id, whom, { limit: page, cursor });
      anyone ||= found.items.length > 0;
      const reached = found.items.filter((one) => isReached(one, notice, direct, meant));
      if (reached.length > 0) await this.log.append(reached.map(({ user_id }) => candidate(notice, user_id)));
      cursor = found.next_cursor ?? undefined;
    } while (cursor !== undefined);
    // An edit tells nobody in general, in a direct channel either.
    if (general && !anyone && !notice.edited) this.silent.set(key, true);
  }

  private async isDirect(key: string, { workspace_id, channel_id }: Notice): Promise<boolean> {
    const known = this.direct.get(key);
    if (known !== undefined) return known;
    const [channel] = await this.directory.channelsById(workspace_id, [channel_id]);
    const direct = channel?.type === 'dm' || channel?.type === 'group';
    this.direct.set(key, direct);
    return direct;
  }

  /** Who began a thread and the first 200 who replied. */
  private async inThread({ workspace_id, channel_id, author_id }: Notice, rootId: string): Promise<string[]> {
    const [root, { participants }] = await Promise.all([
      this.store.message({ workspace_id, channel_id }, rootId),
      this.store.threadState({ workspace_id, user_id: author_id }, channel_id, rootId),
    ]);
    return root ? [root.user_id, ...participants] : participants;
  }
}

function isReached({ user_id, level }: Reached, notice: Notice, direct: boolean, meant: ReadonlySet<string>): boolean {
  if (user_id === notice.author_id || level === 'none') return false;
  if (!notice.edited && (level === 'all' || (level === null && direct))) return true;
  return notice.everyone || meant.has(user_id);
}

function candidate({ workspace_id, channel_id, message_id, rev, seq, thread_id }: Notice, user_id: string): Append {
  const value = { workspace_id, user_id, channel_id, message_id, rev, seq, thread_id };
  return { topic: 'push_candidates', key: personKey(workspace_id, user_id), schema: 'PushCandidate', value };
}
