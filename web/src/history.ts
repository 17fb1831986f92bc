import {
  type MillraceClient,
  MillraceError,
  type PageRequest,
  type SearchPage,
  type ThreadPage,
  type Timeline,
  type TimelinePage,
} from '../../client/index.ts';
import type { Keeper } from './kept/keeper.ts';
import { threadOf, windowOf } from './kept/kept-history.ts';
import { type QueryNames, readQuery } from './kept/kept-query.ts';

const PAGE = 50;
const THREAD_PAGE = 100;
const MAX_HITS = 100;

/** A page, and whether it is only what is kept on this device. */
export interface FoundPage extends TimelinePage {
  readonly kept: boolean;
}

/** From the server also who takes part, and up to which reply one has read. */
export type FoundThread = FoundPage & Pick<ThreadPage, 'participants' | 'last_read_id'>;

/** Histories and threads from the server or, without a connection, from what is kept on this device. */
export class History {
  readonly #client: MillraceClient;
  readonly #keeper: Keeper;

  constructor(client: MillraceClient, keeper: Keeper) {
    this.#client = client;
    this.#keeper = keeper;
  }

  get connected(): boolean {
    return this.#client.session.state.status === 'connected';
  }

  /** Whether there is no connection to be waited for: a first try, or the first after a break, takes but a moment. */
  get offline(): boolean {
    const { state } = this.#client.session;
    return !navigator.onLine || state.status === 'waiting' || (state.status === 'connecting' && state.attempt > 1);
  }

  /** `around`: a message to be in a `window`. */
  async channel(channelId: string, request: PageRequest, around?: string): Promise<FoundPage> {
    const { direction, anchor } = request;
    if (this.connected) {
      const query = direction === 'window' ? (around ? { around } : {}) : anchor ? { [direction]: anchor } : {};
      return { ...(await this.#client.rest.history(channelId, { limit: PAGE, ...query })), kept: false };
    }
    const history = await this.#keeper.history(channelId);
    // The connection came meanwhile, and with it a better answer.
    if (this.connected) return this.channel(channelId, request, around);
    if (direction !== 'window' || !history) throw notKept(direction === 'before' ? 'Older messages are' : 'This is');
    const page = windowOf(history);
    if (around && !page.messages.some(({ message_id }) => message_id === around)) throw notKept('This message is');
    return { ...page, kept: true };
  }

  async thread(channelId: string, rootId: string, request: PageRequest): Promise<FoundThread> {
    const { direction, anchor } = request;
    if (this.connected) {
      const after = direction === 'after' && anchor ? { after: anchor } : {};
      return { ...(await this.#client.rest.thread(channelId, rootId, { limit: THREAD_PAGE, ...after })), kept: false };
    }
    const history = await this.#keeper.history(channelId);
    if (this.connected) return this.thread(channelId, rootId, request);
    const page = history && threadOf(history, rootId);
    if (!page) throw notKept('This thread is');
    return { ...page, kept: true };
  }

  /** Keeps what of a channel is on the screen, if that is its newest end. */
  keep(channelId: string, timeline: Timeline): void {
    const rev = this.#client.session.revs()[channelId];
    if (rev === undefined || timeline.hasMoreAfter) return;
    const messages = [...timeline.messages];
    const counts = messages.map((message) => [message.message_id, timeline.countedTo(message)] as const);
    const counted = Object.fromEntries(counts.filter(([, to]) => to > rev));
    const seen = { rev, messages, whole: !timeline.hasMoreBefore, counted };
    this.#keeper.add({ kind: 'window', channelId, seen });
  }

  keepReplies(channelId: string, timeline: Timeline): void {
    const rev = this.#client.session.revs()[channelId];
    if (rev !== undefined) this.#keeper.add({ kind: 'replies', channelId, rev, messages: [...timeline.messages] });
  }

  /** Searches what is kept, newest first, and shows 100 at most. */
  async search(q: string, names: QueryNames): Promise<SearchPage> {
    const query = readQuery(q, names);
    const hits: SearchPage['hits'][number][] = [];
    if (!query) return { hits, total: 0, next_cursor: null };
    await this.#keeper.eachTail(({ channel_id, messages }) => {
      if (!query.inChannel(channel_id)) return;
      for (const message of messages) {
        if (query.matches(message)) hits.push({ message, highlights: [query.highlight(message.text)], score: 1 });
      }
    });
    hits.sort((a, b) => b.message.created_at.localeCompare(a.message.created_at));
    return { hits: hits.slice(0, MAX_HITS), total: hits.length, next_cursor: null };
  }
}

function notKept(what: string): MillraceError {
  return new MillraceError({ code: 'disconnected', detail: `${what} not kept on this device.` });
}
