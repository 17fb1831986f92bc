import type { ChannelType, DirectoryChange, ReplyTo } from '../../schemas/generated/types.ts';

/** A person is (workspace, user): the same user id in two workspaces is two people. */
export interface Person {
  workspace_id: string;
  user_id: string;
}

export type Role = 'owner' | 'admin' | 'member' | 'guest';

export interface User extends Person {
  name: string;
  email: string | null;
  role: Role;
  deactivated: boolean;
  /** Milliseconds since 1970. */
  created_at: number;
}

export interface ChannelRecord {
  workspace_id: string;
  channel_id: string;
  name: string;
  type: ChannelType;
  topic: string;
  creator_id: string;
  archived: boolean;
  member_count: number;
  /** Milliseconds since 1970. */
  created_at: number;
}

/** What one person may be asked about in one channel: the facts; the rules are the edge's policy table. */
export interface Access {
  channel: ChannelRecord;
  member: boolean;
}

export interface Page<Item> {
  items: Item[];
  /** Give it back as `cursor` for what follows; null at the end. */
  next_cursor: string | null;
}

export interface PageRequest {
  cursor?: string | undefined;
  /** 1 to 200. */
  limit: number;
}

/** Who changes something, and where the answer goes once the change's event is out. */
export interface ChangeRequest {
  actor_id: string;
  reply_to: ReplyTo | null;
  trace_id: string;
}

/** A row of the outbox: a change that is in force and waits for its place in the channel's order. */
export interface OutboxRow extends ChangeRequest {
  workspace_id: string;
  channel_id: string;
  change: DirectoryChange;
}

export interface NewChannel extends Person {
  channel_id: string;
  /** Empty for a dm. Unique among a workspace's channels that are no dm, without regard to case. */
  name: string;
  type: ChannelType;
  /** The creator (user_id) is a member whether named or not. */
  members: string[];
  created_at: number;
  /** A repeat with the same key by the same person gives the same channel. */
  idempotency_key?: string | undefined;
}

/**
 * Who is where, with which right: workspaces, users, channels, members; and the outbox, through which each change that
 * belongs to a channel's story reaches the log.
 *
 * - Everything is keyed by workspace; nothing of one workspace can be read through another.
 * - A call that changes something has flushed it, its outbox row included, in one transaction, when it resolves.
 * - Changes that change nothing write no outbox row, and say so in their result.
 * - Where a change writes several outbox rows, the last one alone carries reply_to: the answer follows all of them.
 * - Outbox rows of one channel have growing change_ids in the order in which their changes took force.
 * - Errors: `not_found` and `conflict` as said at each call, `unavailable` when the database doesn't answer in 5 s.
 */
export interface Directory {
  /** Creates workspace and user where they are missing, keeps name, email and role current. Idempotent. */
  provision(user: Person & { name?: string | undefined; email?: string | undefined; role: Role }): Promise<User>;
  user(person: Person): Promise<User | undefined>;
  /** Those of the ids that exist in the workspace, in any order. At most 1,000 ids. */
  usersById(workspaceId: string, userIds: string[]): Promise<User[]>;
  /** By name, then id; `prefix` matches name or id without regard to case. */
  users(workspaceId: string, page: PageRequest & { prefix?: string | undefined }): Promise<Page<User>>;
  /** Ends a person's access. False where it had ended already. */
  deactivate(person: Person): Promise<boolean>;

  /**
   * `created` is false where the idempotency key, or a dm between the same people, already has a channel, which is
   * returned; `change_id` is that of the last outbox row written (one joined row for each 1,000 members), null if none.
   * Errors: `conflict` for a taken name or id, `not_found` naming unknown members.
   */
  createChannel(
    channel: NewChannel,
    request: ChangeRequest,
  ): Promise<{ channel: ChannelRecord; created: boolean; change_id: number | null }>;
  access(person: Person, channelId: string): Promise<Access | undefined>;
  /** A channel by its name, without regard to case; only names that are unique: no dm. */
  channelByName(workspaceId: string, name: string): Promise<ChannelRecord | undefined>;
  channelsById(workspaceId: string, channelIds: string[]): Promise<ChannelRecord[]>;
  /** The channels one is in, or the public, not archived ones one is not in; by name, then id. */
  channels(person: Person, member: boolean, page: PageRequest): Promise<Page<ChannelRecord>>;
  /** Ids of the channels whose messages a person may read: their own and, unless `guest`, the public ones. */
  readableChannels(person: Person, guest: boolean): Promise<string[]>;
  /** By user id. `role` is 'creator' or 'member'. */
  members(
    workspaceId: string,
    channelId: string,
    page: PageRequest,
  ): Promise<Page<{ user_id: string; role: 'creator' | 'member' }>>;
  /** Those of the ids that are members. At most 1,000 ids. */
  membersAmong(workspaceId: string, channelId: string, userIds: string[]): Promise<string[]>;

  /**
   * Adds those who are no members yet; `change_id` of the last outbox row, null where nothing changed. A dm that people
   * were added to or left is from then on the dm between those who are in it now (where these have no other).
   * Errors: `not_found` for an unknown channel, or naming unknown users; `conflict` for an archived channel.
   */
  addMembers(
    workspaceId: string,
    channelId: string,
    userIds: string[],
    request: ChangeRequest,
  ): Promise<{ change_id: number | null }>;
  /** Removes those who are members; others, unknown ones too, change nothing. Errors: `not_found` for an unknown channel, `conflict` for an archived one. */
  removeMembers(
    workspaceId: string,
    channelId: string,
    userIds: string[],
    request: ChangeRequest,
  ): Promise<{ change_id: number | null }>;
  /**
   * Writes an outbox row that holds the channel after the change. Errors: `not_found`; `conflict` for a taken name, and
   * for a change of an archived channel that does not hold `archived: false` (which comes first, others with it may follow).
   */
  changeChannel(
    workspaceId: string,
    channelId: string,
    change: { name?: string | undefined; topic?: string | undefined; archived?: boolean | undefined },
    request: ChangeRequest,
  ): Promise<{ channel: ChannelRecord; change_id: number | null }>;

  /** Waiting rows with a change_id above `after`, in order of change_id. */
  outbox(after: number, limit: number): Promise<OutboxRow[]>;
  /** Forgets rows that are on the log. Unknown ids are no error. */
  settleOutbox(changeIds: number[]): Promise<void>;
  close(): Promise<void>;
}
