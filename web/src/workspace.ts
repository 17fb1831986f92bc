import {
  type Channel,
  createClient,
  Emitter,
  type EventFrame,
  type Message,
  type MillraceClient,
  MillraceError,
  type PresenceWatcher,
  type SearchPage,
} from '../../client/index.ts';
import { Groups, groupsIn } from './groups.ts';
import { History } from './history.ts';
import type { Keeper } from './kept/keeper.ts';
import { KeptDrafts } from './kept/kept-drafts.ts';
import type { KeptOverview } from './kept/kept-store.ts';
import { Levels } from './levels.ts';
import { Partners } from './partners.ts';
import { People } from './people.ts';
import { watchPresences } from './presences.ts';
import { Reading } from './reading.ts';
import type { Identity } from './session-token.ts';
import { StatusEnd } from './status-end.ts';
import { ThreadReads } from './thread-reads.ts';
import { UnreadCounts } from './unread-counts.ts';

const MAX_CHANNEL_PAGES = 10;
/** A channel further behind is read anew: catching up would take longer, and its messages are shown from the newest on. */
const MAX_BEHIND = 500;
/** Between two tries to read the channels, ms. */
const AGAIN_MS = 5_000;

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
  readonly groups: Groups;
  readonly unread: UnreadCounts;
  readonly reading: Reading;
  readonly threads: ThreadReads;
  readonly levels: Levels;
  readonly statusEnd: StatusEnd;
  readonly presences: PresenceWatcher;
  readonly history: History;
  /** One's own channels, at most 2,000: more are not listed, but can be searched. */
  readonly channels = new Map<string, Channel>();
  readonly #partners: Partners;
  readonly #drafts: KeptDrafts;
  #unreadsDue: ReturnType<typeof setTimeout> | undefined;
  /** Channels as they were kept, not yet read from the server. */
  #restored: Set<string> | undefined;
  readonly #keeper: Keeper;

  constructor(token: string, me: Identity, keeper: Keeper) {
    this.me = me;
    this.#keeper = keeper;
    this.#drafts = new KeptDrafts(me);
    const drafts = this.#drafts.read();
    this.client = createClient({ url: location.origin, token, drafts, maxBehind: MAX_BEHIND });
    this.history = new History(this.client, keeper);
    this.people = new People(this.client.rest);
    this.#partners = new Partners(this.client.rest);
    this.groups = new Groups(this.client.rest, me.user_id);
    this.unread = new UnreadCounts(me.user_id);
    this.reading = new Reading(this.client.rest, this.unread);
    this.threads = new ThreadReads(me.user_id);
    this.levels = new Levels(this.client.rest);
    this.statusEnd = new StatusEnd(me);
    this.presences = watchPresences(this.client.session);
    this.presences.show('me', [me.user_id]);
    if (me.name) this.people.learn({ user_id: me.user_id, name: me.name });
    this.#listen();
  }

  /** Shows what was kept on this device, and connects; what changed since then follows once there is a connection. */
  restore({ channels, people, groups, unreads, revs }: KeptOverview): void {
    for (const { channel, partners, muted } of channels) {
      if (muted) this.levels.learn(channel.channel_id, 'none');
      this.channels.set(channel.channel_id, channel);
      if (partners.length > 0) this.#partners.learn(channel.channel_id, partners);
    }
    for (const user of people) this.people.learn(user);
    this.groups.restore(groups);
    this.unread.load(unreads);
    this.#restored = new Set(this.channels.keys());
    this.client.session.hold(revs);
    this.presences.show('partners', this.#partners.all());
    this.client.session.start();
    this.events.emit('change', undefined);
  }

  /** Reads channels and counts, then connects. Rejects with `MillraceError`. */
  async load(): Promise<void> {
    await this.#readAll();
    // What happens between these readings and the socket's hello is then heard as well.
    const heads = [...this.channels.values()].filter(({ head }) => head.rev > 0);
    this.client.session.hold(Object.fromEntries(heads.map(({ channel_id, head }) => [channel_id, head.rev])));
    this.client.session.start();
  }

  /** Searches what is kept on this device, newest first. */
  searchKept(q: string): Promise<SearchPage> {
    const channel = (id: string) => this.channels.get(id)?.name ?? '';
    return this.history.search(q, { channel, person: (id) => this.people.name(id) });
  }

  /** How many messages are not sent yet, in other tabs, too. */
  get unsent(): number {
    return this.#drafts.countWith(this.client.outbox.drafts());
  }

  /** Deletes what is kept of this person on this device. */
  async wipe(): Promise<void> {
    this.client.close();
    this.#drafts.wipe();
    this.statusEnd.forget();
    await this.#keeper.wipe();
  }

  async #readAll(): Promise<void> {
    const { rest } = this.client;
    const found = new Set<string>();
    let cursor: string | null = null;
    for (let page = 0; page < MAX_CHANNEL_PAGES; page++) {
      const answer: { channels: Channel[]; next_cursor: string | null } = await rest.channels({
        member: true,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      });
      for (const channel of answer.channels) {
        found.add(channel.channel_id);
        this.channels.set(channel.channel_id, channel);
      }
      cursor = answer.next_cursor;
      if (!cursor) break;
    }
    const asked = this.unread.mark;
    const [unreads] = await Promise.all([
      rest.unreads(),
      this.people.meet(this.#restored !== undefined),
      this.groups.meet(),
      this.levels.load(),
    ]);
    if (this.unread.load(unreads.channels, asked)) this.reading.loaded();
    else this.#refreshUnreads();
    // Left, or removed from, while this page was not there to hear of it.
    if (!cursor) for (const id of this.#restored ?? []) if (!found.has(id)) this.remove(id);
    this.#restored = undefined;
    const unnamed = [...this.channels.values()].filter(({ channel_id }) => this.partners(channel_id).length === 0);
    void this.#findPartners(unnamed);
    this.events.emit('change', undefined);
  }

  /** Brings what was restored up to date; tries until it is, as long as there is a connection. */
  async #catchUp(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      console.debug(`channels: ${error.message}`);
      setTimeout(() => {
        if (this.#restored && this.history.connected) void this.#catchUp();
      }, AGAIN_MS);
    }
  }

  /** How a channel is called on screen. */
  title(channel: Channel): string {
    if (channel.name) return channel.name;
    const partners = this.partners(channel.channel_id);
    const others = partners.filter((id) => id !== this.me.user_id);
    if (partners.length > 0 && others.length === 0) return `${this.people.name(this.me.user_id)} (you)`;
    return others.map((id) => this.people.name(id)).join(', ') || 'Direct message';
  }

  /** The other person of a dm, once known. */
  partner(channel: Channel): string | undefined {
    if (channel.type !== 'dm') return undefined;
    return this.partners(channel.channel_id).find((id) => id !== this.me.user_id);
  }

  /** Whether one is an admin or owner of the workspace. For show, as the next two: the server decides. */
  get administers(): boolean {
    return this.me.role === 'admin' || this.me.role === 'owner';
  }

  get owns(): boolean {
    return this.me.role === 'owner';
  }

  /** Whether one may delete what others said there, and say who may post. */
  moderates(channelId: string): boolean {
    return this.administers || this.channels.get(channelId)?.creator_id === this.me.user_id;
  }

  /** Whether one may write there, other than replies. */
  mayPost({ channel_id, posting }: Channel): boolean {
    return posting !== 'managers' || this.moderates(channel_id);
  }

  /** Whether a message calls one, by name or as one of many. */
  callsMe(message: Message): boolean {
    return this.unread.mentionsMe(message) || this.groups.callMe(message.text);
  }

  /** Whom a dm is with, or a group without a name; none for other channels. */
  partners(channelId: string): readonly string[] {
    return this.#partners.of(channelId);
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
    this.#partners.forget(channelId);
    this.events.emit('removed', channelId);
    this.events.emit('change', undefined);
  }

  #listen(): void {
    const { session, outbox } = this.client;
    let greeted = false;
    session.events.on('hello', ({ channels }) => {
      if (this.#restored) {
        greeted = true;
        void this.#catchUp();
        return;
      }
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
    session.events.on('reset', ({ channel_id, head }) => {
      this.unread.reset(channel_id, head.seq);
      this.#refreshUnreads();
      this.events.emit('reset', channel_id);
    });
    session.events.on('read', (marker) => {
      if (this.reading.heard(marker)) this.#refreshUnreads();
    });
    session.events.on('threadRead', ({ thread_id, last_read_id }) => this.threads.read(thread_id, last_read_id));
    this.reading.events.on('change', () => this.events.emit('change', undefined));
    this.levels.events.on('change', () => this.events.emit('change', undefined));
    this.presences.events.on('change', ({ user_id, status }) => {
      if (user_id === this.me.user_id) this.statusEnd.now(status);
    });
    session.events.on('problem', (problem) => console.debug(problem.message));
    outbox.events.on('change', (draft) => {
      if (draft.status === 'sent') this.#drafts.drop(draft.client_msg_id);
      else this.#drafts.keep(draft);
    });
    outbox.events.on('discard', ({ client_msg_id }) => this.#drafts.drop(client_msg_id));
  }

  #take(frame: EventFrame): void {
    const { event, channel_id } = frame;
    const channel = this.channels.get(channel_id);
    if (event.kind === 'message.created') {
      const { message } = event;
      this.unread.created(message);
      this.threads.said(message);
      const mine = message.user_id === this.me.user_id;
      if (mine && message.thread_id === null) this.reading.readOn(channel_id);
      // Who is in a group only the server knows for sure.
      if (!mine && groupsIn(message.text).length > 0) this.#refreshUnreads();
    } else if (event.kind === 'message.edited' || event.kind === 'message.deleted') {
      // A mention may have come or gone, and only the server knows which ones are read.
      const { text } = event.message;
      const named = this.unread.mentionsMe(event.message) || groupsIn(text).length > 0;
      if (this.unread.get(channel_id).mentions > 0 || named) this.#refreshUnreads();
    } else if (event.kind === 'channel.changed') {
      if (channel) this.channels.set(channel_id, { ...channel, ...event.channel });
      // The count as it was read has those up to its head already.
    } else if (
      (event.kind === 'member.joined' || event.kind === 'member.left') &&
      channel &&
      frame.rev > channel.head.rev
    ) {
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
        const asked = this.unread.mark;
        if (this.unread.load((await this.client.rest.unreads()).channels, asked)) this.reading.loaded();
        else this.#refreshUnreads();
        this.events.emit('change', undefined);
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        console.debug(`unreads: ${error.message}`);
      }
    }, 500);
  }

  async #findPartners(channels: readonly Channel[]): Promise<void> {
    await this.#partners.find(channels);
    this.presences.show('partners', this.#partners.all());
    this.events.emit('change', undefined);
  }
}
