import type { ChannelType } from '../../../schemas/generated/types.ts';
import type { Role } from '../port.ts';

/**
 * The directory's tables, as Kysely sees them. Yes and no are 1 and 0 (SQLite has no boolean), times are milliseconds
 * since 1970, and the `*_key` columns hold text folded by names.ts, so that every engine compares the same bytes.
 */
export interface Tables {
  workspaces: { workspace_id: string; created_at: number };
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
}
