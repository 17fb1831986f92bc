import type {
  AuditEvent,
  ChannelHome,
  ChannelType,
  DirectoryChange,
  Posting,
  Trim,
} from '../../schemas/generated/types.ts';
import type { AuditAction } from './audit-actions.ts';
import type { ChangeRequest } from './change-request.ts';
import type { DataLifeDirectory } from './data-life-port.ts';
import type { Page, PageRequest } from './page.ts';
import type { Person } from './person.ts';
import type { PushDirectory } from './push-port.ts';

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
  posting: Posting;
  /** Where its history begins, if what came before is gone. */
  trim: Trim | null;
  /** The region that orders its messages; null: this one, since ever. */
  home: ChannelHome | null;
}

/** What one person may be asked about in one channel: the facts; the rules are the edge's policy table. */
export interface Access {
  channel: ChannelRecord;
  member: boolean;
}

/** A row of the outbox: a change that is in force and waits for its place in the channel's order. */
export interface OutboxRow extends ChangeRequest {
  workspace_id: string;
  channel_id: string;
  change: DirectoryChange;
}

/** What may be changed of a channel; what is not named stays. */
export interface ChannelChange {
  name?: string | undefined;
  topic?: string | undefined;
  archived?: boolean | undefined;
  posting?: Posting | undefined;
}

/** Which audit records; all of those that are named must fit. */
export interface AuditFilter {
  action?: AuditAction | undefined;
  actor_id?: string | undefined;
  channel_id?: string | undefined;
}

/** People who are mentioned together, as `<!group:id>`. */
export interface Group {
  workspace_id: string;
  group_id: string;
  name: string;
  member_count: number;
}

/** How many members a channel, and how many channels a person, has at most once someone has come in. */
export interface MemberBounds {
  members: number;
  channels: number;
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
  /** It comes by an import: `importedAmong` tells. A dm is then one of its own, where its people have one already. */
  imported?: boolean | undefined;
  /** As it is made, in the same transaction. */
  topic?: string | undefined;
  archived?: boolean | undefined;
  posting?: Posting | undefined;
  home?: ChannelHome | undefined;
}

/**
 * Who is where, with which right: workspaces, users, channels, members; and the outbox, through which each change that
 * belongs to a channel's story reaches the log.
 *
 * - Everything is keyed by workspace; nothing of one workspace can be read through another.
 * - A call that changes something has flushed it, its outbox row included, in one transaction, when it resolves.
 * - Changes that change nothing write no outbox row, and say so in their result.
 * - Where a change writes several outbox rows, the last one alone carries reply_to: the answer follows all of them.
 * - The same for the audit record of a change: it is there with the change, or neither is.
 * - Outbox rows of one channel have growing change_ids in the order in which their changes took force.
 * - Errors: `not_found` and `conflict` as said at each call, `unavailable` when the database doesn't answer in 5 s.
 */
export interface Directory extends PushDirectory, DataLifeDirectory {
  /** Creates workspace and user where they are missing, keeps name, email and role current. Idempotent. Someone erased comes back deactivated. */
  provision(
    user: Person & {
      name?: string | undefined;
      email?: string | undefined;
      role: Role;
      /** Of one who is new here: their access has ended already. */
      deactivated?: boolean | undefined;
    },
  ): Promise<User>;
  user(person: Person): Promise<User | undefined>;
  /** Those of the ids that exist in the workspace, in any order. At most 1,000 ids. */
  usersById(workspaceId: string, userIds: string[]): Promise<User[]>;
  /** By name, then id; `prefix` matches name or id without regard to case. */
  users(workspaceId: string, page: PageRequest & { prefix?: string | undefined }): Promise<Page<User>>;
  /** Ends a person's access. False where it had ended already, and for someone unknown. */
  deactivate(person: Person, request: ChangeRequest): Promise<boolean>;
  /** Gives it back, with the channels that they were in. False where it had not ended. Error: `conflict` for one who is to be erased. */
  reactivate(person: Person, request: ChangeRequest): Promise<boolean>;

  /**
   * `created` is false where the idempotency key, or a dm between the same people, already has a channel, which is
   * returned; `change_id` is that of the last outbox row written (one joined row for each 1,000 members), null if none.
   * Errors: `conflict` for a taken name or id, past a bound of `most`, and (but for another region's) naming members who are
   * to be erased; `not_found` naming unknown members.
   */
  createChannel(
    channel: NewChannel,
    request: ChangeRequest,
    most?: MemberBounds,
  ): Promise<{ channel: ChannelRecord; created: boolean; change_id: number | null }>;
  access(person: Person, channelId: string): Promise<Access | undefined>;
  /** A channel by its name, without regard to case; only names that are unique: no dm. */
  channelByName(workspaceId: string, name: string): Promise<ChannelRecord | undefined>;
  channelsById(workspaceId: string, channelIds: string[]): Promise<ChannelRecord[]>;
  /** Those of the ids whose channels came by an import. */
  importedAmong(workspaceId: string, channelIds: string[]): Promise<string[]>;
  /** The channels one is in, or the public, not archived ones one is not in; by name, then id. */
  channels(person: Person, member: boolean, page: PageRequest): Promise<Page<ChannelRecord>>;
  /** Every channel of a workspace, private and archived ones too, by name, then id: for operators alone. */
  everyChannel(workspaceId: string, page: PageRequest): Promise<Page<ChannelRecord>>;
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
   * Errors: `not_found` for an unknown channel, or naming unknown users; `conflict` for an archived channel,
   * past a bound of `most`, which counts those who are members already as well, and (but for another region's request) naming
   * people who are to be erased.
   */
  addMembers(
    workspaceId: string,
    channelId: string,
    userIds: string[],
    request: ChangeRequest,
    most?: MemberBounds,
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
    change: ChannelChange,
    request: ChangeRequest,
  ): Promise<{ channel: ChannelRecord; change_id: number | null }>;
  /**
   * The channel's home is there from now on; with an outbox row, but where another region's move is taken over, whose word
   * comes by the log. False, and no change, where it knows of a home with a higher (epoch, region), or this one. Error: `not_found`.
   */
  moveHome(workspaceId: string, channelId: string, home: ChannelHome, request: ChangeRequest): Promise<boolean>;

  /** Makes a group, or gives it this name and these people: 1,000 at most. Error: `not_found` naming unknown users. */
  putGroup(
    group: { workspace_id: string; group_id: string; name: string; members: string[] },
    request: ChangeRequest,
  ): Promise<Group>;
  /** False where there is none. */
  deleteGroup(workspaceId: string, groupId: string, request: ChangeRequest): Promise<boolean>;
  /** By name, then id. */
  groups(workspaceId: string, page: PageRequest): Promise<Page<Group>>;
  group(workspaceId: string, groupId: string): Promise<Group | undefined>;
  /** Everyone in any of the groups, by user id. At most 1,000 ids; unknown groups have nobody. */
  groupMembers(workspaceId: string, groupIds: string[]): Promise<string[]>;

  /** Waiting rows with a change_id above `after`, in order of change_id. */
  outbox(after: number, limit: number): Promise<OutboxRow[]>;
  /** Forgets rows that are on the log. Unknown ids are no error. */
  settleOutbox(changeIds: number[]): Promise<void>;

  /** Records of a workspace, the newest first. Each change of people and channels above has written its own, in its transaction. */
  audit(workspaceId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEvent>>;
  /** Records that are not on the log yet, in their order. */
  auditOutbox(limit: number): Promise<AuditEvent[]>;
  /** They are on the log. Unknown ids are no error. */
  settleAudit(auditIds: number[]): Promise<void>;
  /** Forgets up to `limit` records older than `time` (milliseconds since 1970) that are on the log; how many those were. */
  forgetAudit(time: number, limit: number): Promise<number>;
  close(): Promise<void>;
}
