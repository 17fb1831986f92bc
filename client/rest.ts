import { Http, type HttpCall, type HttpOptions } from './http.ts';
import { newClientId } from './identity.ts';
import type {
  AuditEntry,
  Channel,
  ChannelLevel,
  ChannelRetention,
  ChannelType,
  Device,
  DevicePlatform,
  Erasure,
  Group,
  GroupWithMembers,
  HistoryPage,
  LegalHold,
  Member,
  Message,
  MessageVersion,
  NotificationLevel,
  Posting,
  Presence,
  PresenceStatus,
  QuietHours,
  ReadMarker,
  SearchPage,
  ThreadPage,
  ThreadReadMarker,
  Timestamp,
  Unreads,
  User,
  WorkspaceSettings,
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

/** Of those that are named, all must fit. */
export interface AuditQuery extends PageQuery {
  readonly action?: string;
  readonly actor_id?: string;
  readonly channel_id?: string;
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
    body: { name?: string; topic?: string; archived?: boolean; posting?: Posting },
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

  /** Makes the message `seq` and all behind it unread. */
  markUnread(channelId: string, seq: number): Promise<ReadMarker> {
    return this.#call('PUT', path`/v1/channels/${channelId}/unread`, { body: { seq } });
  }

  /** Reads all of one's channels up to their heads. */
  markAllRead(): Promise<Unreads> {
    return this.#call('PUT', '/v1/unreads/read');
  }

  /** Moves last-read of a thread forward to a reply, never back. */
  markThreadRead(channelId: string, threadId: string, messageId: string): Promise<ThreadReadMarker> {
    const at = path`/v1/channels/${channelId}/messages/${threadId}/thread/read`;
    return this.#call('PUT', at, { body: { message_id: messageId } });
  }

  /** Earlier texts, the newest first: for the author, admins and owners. */
  async edits(channelId: string, messageId: string, options: CallOptions = {}): Promise<readonly MessageVersion[]> {
    const at = path`/v1/channels/${channelId}/messages/${messageId}/edits`;
    return (await this.#call<{ versions: MessageVersion[] }>('GET', at, options)).versions;
  }

  search({ signal, ...query }: SearchQuery): Promise<SearchPage> {
    return this.#call('GET', '/v1/search', { query: { ...query }, signal });
  }

  /** At most 200 ids. */
  async presence(userIds: readonly string[], options: CallOptions = {}): Promise<readonly Presence[]> {
    const extra = { query: { user_id: userIds }, ...options };
    return (await this.#call<{ presence: Presence[] }>('GET', '/v1/presence', extra)).presence;
  }

  /** Until a time if wished; then what was set ends by itself. */
  setPresence(status: Exclude<PresenceStatus, 'offline'>, until?: Timestamp): Promise<void> {
    return this.#call('PUT', '/v1/presence', { body: { status, ...(until === undefined ? {} : { until }) } });
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

  groups({ signal, ...query }: PageQuery = {}): Promise<{ groups: Group[]; next_cursor: string | null }> {
    return this.#call('GET', '/v1/groups', { query, signal });
  }

  async group(groupId: string, options: CallOptions = {}): Promise<GroupWithMembers> {
    const at = path`/v1/groups/${groupId}`;
    return (await this.#call<{ group: GroupWithMembers }>('GET', at, options)).group;
  }

  /** Makes a group under an id of one's own, or gives it another name and other people. Admins and owners. */
  async putGroup(groupId: string, body: { name: string; members: readonly string[] }): Promise<GroupWithMembers> {
    const at = path`/v1/groups/${groupId}`;
    return (await this.#call<{ group: GroupWithMembers }>('PUT', at, { body })).group;
  }

  /** Admins and owners. Texts that mention it then mention nobody by it. */
  removeGroup(groupId: string): Promise<void> {
    return this.#call('DELETE', path`/v1/groups/${groupId}`);
  }

  async devices(options: CallOptions = {}): Promise<readonly Device[]> {
    return (await this.#call<{ devices: Device[] }>('GET', '/v1/devices', options)).devices;
  }

  /** What may push to one in a channel; null: none was set. */
  async notifications(channelId: string, options: CallOptions = {}): Promise<NotificationLevel | null> {
    const at = path`/v1/channels/${channelId}/notifications`;
    return (await this.#call<{ level: NotificationLevel | null }>('GET', at, options)).level;
  }

  /** What one set, by channel; channels without a level of one's own are left out. */
  async notificationLevels(options: CallOptions = {}): Promise<readonly ChannelLevel[]> {
    return (await this.#call<{ levels: ChannelLevel[] }>('GET', '/v1/notifications', options)).levels;
  }

  async quietHours(options: CallOptions = {}): Promise<QuietHours | null> {
    return (await this.#call<{ quiet_hours: QuietHours | null }>('GET', '/v1/quiet_hours', options)).quiet_hours;
  }

  /** Null ends them. */
  async setQuietHours(hours: QuietHours | null): Promise<QuietHours | null> {
    const extra = hours ? { body: { ...hours } } : {};
    const method = hours ? 'PUT' : 'DELETE';
    return (await this.#call<{ quiet_hours: QuietHours | null }>(method, '/v1/quiet_hours', extra)).quiet_hours;
  }

  async workspace(options: CallOptions = {}): Promise<WorkspaceSettings> {
    return (await this.#call<{ workspace: WorkspaceSettings }>('GET', '/v1/workspace', options)).workspace;
  }

  /** Whether pushes say what was written. Admins and owners. */
  async changeWorkspace(change: Pick<WorkspaceSettings, 'push_bodies'>): Promise<WorkspaceSettings> {
    const extra = { body: { ...change } };
    return (await this.#call<{ workspace: WorkspaceSettings }>('PATCH', '/v1/workspace', extra)).workspace;
  }

  /** Ends a person's access, sockets included, or gives it back. Admins and owners. */
  async setDeactivated(userId: string, deactivated: boolean): Promise<User> {
    const extra = { body: { deactivated } };
    return (await this.#call<{ user: User }>('PATCH', path`/v1/users/${userId}`, extra)).user;
  }

  /** How long messages are kept; null: for good. */
  async retention(options: CallOptions = {}): Promise<number | null> {
    return (await this.#call<{ retention: { days: number | null } }>('GET', '/v1/retention', options)).retention.days;
  }

  /** What is older goes within minutes, for ever. Admins and owners. */
  async setRetention(days: number | null): Promise<void> {
    await this.#call('PUT', '/v1/retention', { body: { days } });
  }

  async channelRetention(channelId: string, options: CallOptions = {}): Promise<ChannelRetention> {
    const at = path`/v1/channels/${channelId}/retention`;
    return (await this.#call<{ retention: ChannelRetention }>('GET', at, options)).retention;
  }

  /** Null: as the workspace says; 0: for good. Admins and owners. */
  async setChannelRetention(channelId: string, days: number | null): Promise<ChannelRetention> {
    const at = path`/v1/channels/${channelId}/retention`;
    return (await this.#call<{ retention: ChannelRetention }>('PUT', at, { body: { days } })).retention;
  }

  /** Admins and owners. */
  async holds(options: CallOptions = {}): Promise<readonly LegalHold[]> {
    return (await this.#call<{ holds: LegalHold[] }>('GET', '/v1/holds', options)).holds;
  }

  /** Holds a channel, what a person wrote and read, or (neither) everything. Admins and owners. */
  async putHold(holdId: string, body: { channel_id?: string; user_id?: string; reason: string }): Promise<LegalHold> {
    return (await this.#call<{ hold: LegalHold }>('PUT', path`/v1/holds/${holdId}`, { body })).hold;
  }

  releaseHold(holdId: string): Promise<void> {
    return this.#call('DELETE', path`/v1/holds/${holdId}`);
  }

  /** Erases a person for good. Owners. */
  async erase(userId: string): Promise<Erasure> {
    return (await this.#call<{ erasure: Erasure }>('DELETE', path`/v1/users/${userId}`)).erasure;
  }

  async erasures(options: CallOptions = {}): Promise<readonly Erasure[]> {
    return (await this.#call<{ erasures: Erasure[] }>('GET', '/v1/erasures', options)).erasures;
  }

  /** Who changed what about people and channels, the newest first. Admins and owners. */
  audit({ signal, ...query }: AuditQuery = {}): Promise<{ entries: AuditEntry[]; next_cursor: string | null }> {
    return this.#call('GET', '/v1/audit', { query, signal });
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
