import {
  type Channel,
  createClient,
  Emitter,
  type EventFrame,
  type MillraceClient,
  MillraceError,
} from '../../client/index.ts';
import { KeptDrafts } from './kept-drafts.ts';
import { People } from './people.ts';
import { Presences } from './presences.ts';
import type { Identity } from './session-token.ts';
import { UnreadCounts } from './unread-counts.ts';

const MAX_CHANNEL_PAGES = 10;
/** Between two markers that say the same, ms. */
const SAY_READ_MS = 5_000;

interface WorkspaceEvents {
  /** Channels, their names or unread counts changed: whoever lists them lists them anew. */
  change: undefined;
  /** Something in a channel. */
  event: EventFrame;
  /** The history of this channel must be read anew. */
  reset: string;
  /** One is no longer in this channel. */
  removed: string;
}

/** What the page knows: one's channels, unread counts and people, kept current by the session. */
export class Workspace {
  readonly events = new Emitter<WorkspaceEvents>();
  readonly client: MillraceClient;
  readonly me: Identity;
  readonly people: People;
  readonly unread: UnreadCounts;
  readonly presences: Presences;
  /** One's own channels, at most 2,000: more are not listed, but can be searched. */
  readonly channels = new Map<string, Channel>();
  /** Names for dms and groups that have none, by channel id. */
  readonly #partners = new Map<string, readonly string[]>();
  readonly #drafts: KeptDrafts;
  #saidRead = { what: '', until: 0 };
  #unreadsDue: ReturnType<typeof setTimeout> | undefined;

  constructor(token: string, me: Identity) {
    this.me = me;
    this.#drafts = new KeptDrafts(me);
    this.client = createClient({ url: location.origin, token, drafts: this.#drafts.read() });
    this.people = new People(this.client.rest);
    this.unread = new UnreadCounts(me.user_id);
    this.presences = new Presences(this.client.session);
    this.presences.want('me', [me.user_id]);
    if (me.name) this.people.learn({ user_id: me.user_id, name: me.name });
    this.#listen();
  }

  /** Reads channels and counts, then connects. Rejects with `MillraceError`. */
  async load(): Promise<void> {
    const { rest, session } = this.client;
    let cursor: string | null = null;
    for (let page = 0; page < MAX_CHANNEL_PAGES; page++) {
      const answer: { channels: Channel[]; next_cursor: string | null } = await rest.channels({
        member: true,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      });
      for (const channel of answer.channels) this.channels.set(channel.channel_id, channel);
      cursor = answer.next_cursor;
      if (!cursor) break;
    }
    const [unreads] = await Promise.all([rest.unreads(), this.people.meet()]);
    this.unread.load(unreads.channels);
    void this.#findPartners([...this.channels.values()]);
    // What happens between these readings and the socket's hello is then heard as well.
    const heads = [...this.channels.values()].filter(({ head }) => head.rev > 0);
    session.hold(Object.fromEntries(heads.map(({ channel_id, head }) => [channel_id, head.rev])));
    session.start();
    this.events.emit('change', undefined);
  }

  /** How a channel is called on screen. */
  title(channel: Channel): string {
    if (channel.name) return channel.name;
    const partners = this.#partners.get(channel.channel_id) ?? [];
    const others = partners.filter((id) => id !== this.me.user_id);
    if (partners.length > 0 && others.length === 0) return `${this.people.name(this.me.user_id)} (you)`;
    return others.map((id) => this.people.name(id)).join(', ') || 'Direct message';
  }

  /** The other person of a dm, once known. */
  partner(channel: Channel): string | undefined {
    if (channel.type !== 'dm') return undefined;
    return this.#partners.get(channel.channel_id)?.find((id) => id !== this.me.user_id);
  }

  /** Adds a channel that one just made or joined, before its event says so. */
  add(channel: Channel): void {
    this.channels.set(channel.channel_id, channel);
    void this.#findPartners([channel]);
    this.events.emit('change', undefined);
  }

  remove(channelId: string): void {
    if (!this.channels.delete(channelId)) return;
    this.unread.forget(channelId);
    this.#partners.delete(channelId);
    this.events.emit('removed', channelId);
    this.events.emit('change', undefined);
  }

  /** Says that everything up to the newest message of the channel was seen. */
  async markRead(channelId: string): Promise<void> {
    const { last_seq, unread, mentions } = this.unread.get(channelId);
    if (unread === 0 && mentions === 0) return;
    // Said already, and the count is still there: whatever the reason, asking at once again won't mend it.
    const saying = JSON.stringify([channelId, last_seq, unread, mentions]);
    if (saying === this.#saidRead.what && Date.now() < this.#saidRead.until) return;
    this.#saidRead = { what: saying, until: Date.now() + SAY_READ_MS };
    this.unread.read(await this.client.rest.markRead(channelId, last_seq));
    this.events.emit('change', undefined);
  }

  #listen(): void {
    const { session, outbox } = this.client;
    let greeted = false;
    session.events.on('hello', ({ channels }) => {
      // Joined between the reading of the list and now.
      const unknown = channels.filter(({ channel_id }) => !this.channels.has(channel_id));
      if (this.channels.size < MAX_CHANNEL_PAGES * 200) {
        for (const { channel_id } of unknown.slice(0, 50)) void this.#fetch(channel_id);
      }
      if (greeted) this.#refreshUnreads();
      greeted = true;
    });
    session.events.on('event', (frame) => this.#take(frame));
    session.events.on('added', ({ channel_id }) => void this.#fetch(channel_id));
    session.events.on('removed', ({ channel_id }) => this.remove(channel_id));
    session.events.on('reset', ({ channel_id }) => {
      this.#refreshUnreads();
      this.events.emit('reset', channel_id);
    });
    session.events.on('read', (marker) => {
      this.unread.read(marker);
      this.events.emit('change', undefined);
    });
    session.events.on('problem', (problem) => console.debug(problem.message));
    outbox.events.on('change', () => this.#drafts.write(outbox.drafts()));
    outbox.events.on('discard', () => this.#drafts.write(outbox.drafts()));
  }

  #take(frame: EventFrame): void {
    const { event, channel_id } = frame;
    const channel = this.channels.get(channel_id);
    if (event.kind === 'message.created') {
      this.unread.created(event.message);
    } else if (event.kind === 'message.edited' || event.kind === 'message.deleted') {
      // A mention may have come or gone, and only the server knows which ones are read.
      if (this.unread.get(channel_id).mentions > 0 || this.unread.mentionsMe(event.message)) this.#refreshUnreads();
    } else if (event.kind === 'channel.changed') {
      if (channel) this.channels.set(channel_id, { ...channel, ...event.channel });
    } else if ((event.kind === 'member.joined' || event.kind === 'member.left') && channel) {
      const change = event.kind === 'member.joined' ? event.user_ids.length : -event.user_ids.length;
      this.channels.set(channel_id, { ...channel, member_count: Math.max(0, channel.member_count + change) });
    }
    this.events.emit('event', frame);
    this.events.emit('change', undefined);
  }

  async #fetch(channelId: string): Promise<void> {
    try {
      this.add(await this.client.rest.channel(channelId));
      this.#refreshUnreads();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      console.debug(`channel ${channelId}: ${error.message}`);
    }
  }

  /** Once for many reasons, after they have gone by. */
  #refreshUnreads(): void {
    clearTimeout(this.#unreadsDue);
    this.#unreadsDue = setTimeout(async () => {
      try {
        this.unread.load((await this.client.rest.unreads()).channels);
        this.events.emit('change', undefined);
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        console.debug(`unreads: ${error.message}`);
      }
    }, 500);
  }

  async #findPartners(channels: readonly Channel[]): Promise<void> {
    for (const channel of channels
      .filter(({ type, name }) => type === 'dm' || (type === 'group' && !name))
      .slice(0, 100)) {
      try {
        const { members } = await this.client.rest.members(channel.channel_id, { limit: 10 });
        this.#partners.set(
          channel.channel_id,
          members.map(({ user_id }) => user_id),
        );
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        console.debug(`members of ${channel.channel_id}: ${error.message}`);
      }
    }
    this.presences.want('partners', [...this.#partners.values()].flat());
    this.events.emit('change', undefined);
  }
}
