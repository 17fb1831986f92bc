import { Http, type HttpCall, type HttpOptions } from './http.ts';
import { newClientId } from './identity.ts';
import type {
  Channel,
  ChannelType,
  DevicePlatform,
  HistoryPage,
  Member,
  Message,
  NotificationLevel,
  Presence,
  PresenceStatus,
  ReadMarker,
  SearchPage,
  ThreadPage,
  Unreads,
  User,
} from './wire.ts';

/** Cancels a call when its signal fires: it then throws code `aborted`. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** At most one of `before`, `after` (exclusive) and `around` (inclusive), each a message id; none: the newest. */
export interface HistoryQuery extends CallOptions {
  /** 1 to 200, default 50. */
  readonly limit?: number;
  readonly before?: string;
  readonly after?: string;
  readonly around?: string;
}

export interface SearchQuery extends CallOptions {
  readonly q: string;
  readonly channel_id?: string;
  /** A user id. */
  readonly from?: string;
  /** RFC 3339, exclusive. */
  readonly before?: string;
  /** RFC 3339, exclusive. */
  readonly after?: string;
  readonly has?: string;
  readonly sort?: 'relevance' | 'newest';
  readonly limit?: number;
  readonly cursor?: string;
}

export interface PageQuery extends CallOptions {
  readonly cursor?: string;
  /** 1 to 200. */
  readonly limit?: number;
}

export interface NewMessage {
  readonly channel_id: string;
  readonly text: string;
  readonly thread_id?: string;
  /** Made anew when absent; give one's own to be able to repeat the call across restarts. */
  readonly client_msg_id?: string;
}

/**
 * The REST calls, one method each. All throw `MillraceError`. A call that got 503, 429 or no answer is repeated under
 * the same identity (see `HttpOptions`), so a method that returns has happened once, and one that throws a retryable
 * error may have happened.
 */
export class MillraceRest {
  readonly #http: Http;

  constructor(options: HttpOptions) {
    this.#http = new Http(options);
  }

  /** Sends a message; the same `client_msg_id` is one message for at least 24 hours. */
  async send(message: NewMessage, options: CallOptions = {}): Promise<Message> {
    const body = { ...message, client_msg_id: message.client_msg_id ?? newClientId() };
    return (await this.#call<{ message: Message }>('POST', '/v1/messages', { body, ...options })).message;
  }

  history(channelId: string, { signal, ...query }: HistoryQuery = {}): Promise<HistoryPage> {
    return this.#call('GET', path`/v1/channels/${channelId}/messages`, { query, signal });
  }

  /** A thread's root and replies; `after` is a message id, exclusive. */
  thread(
    channelId: string,
    messageId: string,
    { signal, ...query }: CallOptions & { limit?: number; after?: string } = {},
  ): Promise<ThreadPage> {
    return this.#call('GET', path`/v1/channels/${channelId}/messages/${messageId}/thread`, { query, signal });
  }

  edit(channelId: string, messageId: string, text: string): Promise<Message> {
    return this.#message('PATCH', path`/v1/channels/${channelId}/messages/${messageId}`, { text });
  }

  /** Deletes a message; again: no change. */
  remove(channelId: string, messageId: string): Promise<Message> {
    return this.#message('DELETE', path`/v1/channels/${channelId}/messages/${messageId}`);
  }

  react(channelId: string, messageId: string, emoji: string): Promise<Message> {
    return this.#message('PUT', path`/v1/channels/${channelId}/messages/${messageId}/reactions/${emoji}`);
  }

  unreact(channelId: string, messageId: string, emoji: string): Promise<Message> {
    return this.#message('DELETE', path`/v1/channels/${channelId}/messages/${messageId}/reactions/${emoji}`);
  }

  /** `name` may be absent in a `dm`; between the same people that is the same channel. */
  async createChannel(fields: { name?: string; type: ChannelType; members?: readonly string[] }): Promise<Channel> {
    const extra = { body: fields, idempotencyKey: newClientId() };
    return (await this.#call<{ channel: Channel }>('POST', '/v1/channels', extra)).channel;
  }

  /** `member` true: one's own; false: the public ones to join. */
  channels({ signal, ...query }: PageQuery & { member?: boolean } = {}): Promise<{
    channels: Channel[];
    next_cursor: string | null;
  }> {
    return this.#call('GET', '/v1/channels', { query, signal });
  }

  async channel(channelId: string, options: CallOptions = {}): Promise<Channel> {
    return (await this.#call<{ channel: Channel }>('GET', path`/v1/channels/${channelId}`, options)).channel;
  }

  async updateChannel(
    channelId: string,
    body: { name?: string; topic?: string; archived?: boolean },
  ): Promise<Channel> {
    return (await this.#call<{ channel: Channel }>('PATCH', path`/v1/channels/${channelId}`, { body })).channel;
  }

  members(
    channelId: string,
    { signal, ...query }: PageQuery = {},
  ): Promise<{ members: Member[]; next_cursor: string | null }> {
    return this.#call('GET', path`/v1/channels/${channelId}/members`, { query, signal });
  }

  /** Joins (oneself) or invites (another). */
  addMember(channelId: string, userId: string): Promise<void> {
    return this.#call('PUT', path`/v1/channels/${channelId}/members/${userId}`);
  }

  /** Leaves (oneself) or removes (another). */
  removeMember(channelId: string, userId: string): Promise<void> {
    return this.#call('DELETE', path`/v1/channels/${channelId}/members/${userId}`);
  }

  unreads(options: CallOptions = {}): Promise<Unreads> {
    return this.#call('GET', '/v1/unreads', options);
  }

  /** Moves last-read forward to `seq`, never back. */
  markRead(channelId: string, seq: number): Promise<ReadMarker> {
    return this.#call('PUT', path`/v1/channels/${channelId}/read`, { body: { seq } });
  }

  search({ signal, ...query }: SearchQuery): Promise<SearchPage> {
    return this.#call('GET', '/v1/search', { query: { ...query }, signal });
  }

  /** At most 200 ids. */
  async presence(userIds: readonly string[], options: CallOptions = {}): Promise<readonly Presence[]> {
    const extra = { query: { user_id: userIds }, ...options };
    return (await this.#call<{ presence: Presence[] }>('GET', '/v1/presence', extra)).presence;
  }

  setPresence(status: Exclude<PresenceStatus, 'offline'>): Promise<void> {
    return this.#call('PUT', '/v1/presence', { body: { status } });
  }

  async user(userId: string, options: CallOptions = {}): Promise<User> {
    return (await this.#call<{ user: User }>('GET', path`/v1/users/${userId}`, options)).user;
  }

  users({ signal, ...query }: CallOptions & { prefix?: string; limit?: number; cursor?: string } = {}): Promise<{
    users: User[];
    next_cursor: string | null;
  }> {
    return this.#call('GET', '/v1/users', { query, signal });
  }

  async addDevice(platform: DevicePlatform, token: string): Promise<void> {
    const extra = { body: { platform, token }, idempotencyKey: newClientId() };
    await this.#call('POST', '/v1/devices', extra);
  }

  removeDevice(token: string): Promise<void> {
    return this.#call('DELETE', path`/v1/devices/${token}`);
  }

  async setNotifications(channelId: string, level: NotificationLevel): Promise<void> {
    await this.#call('PUT', path`/v1/channels/${channelId}/notifications`, { body: { level } });
  }

  async #message(method: HttpCall['method'], at: string, body?: unknown): Promise<Message> {
    return (await this.#call<{ message: Message }>(method, at, body === undefined ? {} : { body })).message;
  }

  #call<T>(method: HttpCall['method'], at: string, extra: Omit<HttpCall, 'method' | 'path'> = {}): Promise<T> {
    return this.#http.call<T>({ method, path: at, ...extra });
  }
}

/** Builds a path; each hole is one segment, whatever it holds. */
function path(parts: TemplateStringsArray, ...segments: string[]): string {
  return parts.reduce((built, part, index) => built + encodeURIComponent(segments[index - 1] ?? '') + part);
}
