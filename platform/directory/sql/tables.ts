import type { Generated } from 'kysely';
import type { ChannelType, Posting } from '../../../schemas/generated/types.ts';
import type { PushPlatform } from '../../push/port.ts';
import type { Role } from '../port.ts';
import type { PushBodies, PushLevel } from '../push-port.ts';

/**
 * The directory's tables, as Kysely sees them. Yes and no are 1 and 0 (SQLite has no boolean), times are milliseconds
 * since 1970, and the `*_key` columns hold text folded by names.ts, so that every engine compares the same bytes.
 */
export interface Tables {
  workspaces: {
    workspace_id: string;
    created_at: number;
    push_bodies: Generated<PushBodies>;
    retention_days: Generated<number | null>;
  };
  users: UserRow;
  channels: ChannelRow;
  members: { workspace_id: string; channel_id: string; user_id: string };
  outbox: {
    change_id: number;
    workspace_id: string;
    channel_id: string;
    actor_id: string;
    /** A ReplyTo as JSON. */
    reply_to: string | null;
    trace_id: string;
    /** A DirectoryChange as JSON. */
    change: string;
  };
  devices: { workspace_id: string; user_id: string; platform: PushPlatform; token: string; number: number };
  push_levels: { workspace_id: string; channel_id: string; user_id: string; level: PushLevel };
  quiet_hours: { workspace_id: string; user_id: string; zone: string; from_minute: number; to_minute: number };
  holds: HoldRow;
  erasures: ErasureRow;
  groups: GroupRow;
  group_members: { workspace_id: string; group_id: string; user_id: string };
  audit: AuditRow;
  /** Audit records that are not on the log yet. */
  audit_outbox: { audit_id: number };
  /** One row for each number that grows, read and raised in the transaction that uses it. */
  counters: { name: string; value: number };
}

export interface UserRow {
  workspace_id: string;
  user_id: string;
  id_key: string;
  name: string;
  name_key: string;
  email: string | null;
  role: Role;
  deactivated: number;
  created_at: number;
}

export interface ChannelRow {
  workspace_id: string;
  channel_id: string;
  name: string;
  /** For sorting; empty for a dm. */
  name_key: string;
  /** name_key again, but null for a dm: unique in its workspace. */
  unique_name: string | null;
  type: ChannelType;
  topic: string;
  creator_id: string;
  archived: number;
  member_count: number;
  created_at: number;
  /** Who is in a dm, hashed; null for other types. Unique in its workspace. */
  dm_key: string | null;
  /** Unique for its creator. */
  idempotency_key: string | null;
  posting: Posting;
  /** Null: the workspace's; 0: for good. */
  retention_days: number | null;
  /** A Trim as JSON; null where nothing was trimmed. */
  trim: string | null;
  /** 1 where it came by an import. */
  imported: number;
  /** A ChannelHome as JSON; null for one that was made here and never moved. */
  home: string | null;
}

export interface HoldRow {
  workspace_id: string;
  hold_id: string;
  channel_id: string | null;
  user_id: string | null;
  reason: string;
  actor_id: string;
  created_at: number;
}

export interface ErasureRow {
  workspace_id: string;
  /** names.ts: what stays of whom was erased. */
  person_hash: string;
  /** Null once it is done. */
  user_id: string | null;
  requested_at: number;
  done_at: number | null;
}

export interface GroupRow {
  workspace_id: string;
  group_id: string;
  name: string;
  name_key: string;
  member_count: number;
}

export interface AuditRow {
  audit_id: number;
  workspace_id: string;
  time: number;
  actor_id: string;
  action: string;
  channel_id: string | null;
  /** The whole AuditEvent as JSON. */
  entry: string;
}
