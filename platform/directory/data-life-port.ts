import type { Trim } from '../../schemas/generated/types.ts';
import type { ChangeRequest } from './change-request.ts';
import type { Page, PageRequest } from './page.ts';
import type { Person } from './person.ts';

/** Most days that can be asked for; about a hundred years. */
export const mostRetentionDays = 36_500;
/** Holds of one workspace. */
export const mostHolds = 1000;

/** What must be kept, whatever retention says: all of a workspace, of one channel, or of the channels one person is or was in. */
export interface Hold {
  workspace_id: string;
  hold_id: string;
  /** At most one of these two is set; neither: the whole workspace. */
  channel_id: string | null;
  user_id: string | null;
  reason: string;
  /** Who put it. */
  actor_id: string;
  /** Milliseconds since 1970. */
  created_at: number;
}

/** How long messages are kept: days; null: as the wider scope says (a workspace's: for good), 0 in a channel: for good. */
export interface Retention {
  workspace_days: number | null;
  /** Null where no channel was asked about. */
  channel_days: number | null;
}

/** A channel whose messages are not kept for good. */
export interface Expiring {
  workspace_id: string;
  channel_id: string;
  days: number;
  trim: Trim | null;
}

export interface Erasure {
  workspace_id: string;
  /** Null once it is done. */
  user_id: string | null;
  /** Milliseconds since 1970. */
  requested_at: number;
  done_at: number | null;
}

/** The part of the directory that says how long what is kept. Keyed by workspace, as all of it. */
export interface DataLifeDirectory {
  /** `channelId` null: the workspace's. Error: `not_found` for an unknown channel. */
  setRetention(
    workspaceId: string,
    channelId: string | null,
    days: number | null,
    request: ChangeRequest,
  ): Promise<void>;
  retention(workspaceId: string, channelId?: string): Promise<Retention>;
  /** Of every workspace, by workspace and channel. */
  expiring(page: PageRequest): Promise<Page<Expiring>>;
  /** Of every workspace, by workspace and channel: what was trimmed. */
  trimmed(page: PageRequest): Promise<Page<{ workspace_id: string; channel_id: string; trim: Trim }>>;
  /**
   * From now on the channel's history begins at `trim.below_id`; it leaves by the outbox as a change of the channel, archived
   * or not. One that is no further changes nothing. Error: `not_found`.
   */
  trimChannel(workspaceId: string, channelId: string, trim: Trim, request: ChangeRequest): Promise<boolean>;

  /** Puts a hold, or gives it another reason. Errors: `not_found` for an unknown channel or person, `conflict` at `mostHolds`, or where it held something else. */
  putHold(hold: Omit<Hold, 'actor_id' | 'created_at'>, request: ChangeRequest): Promise<Hold>;
  /** False where there is none. */
  releaseHold(workspaceId: string, holdId: string, request: ChangeRequest): Promise<boolean>;
  /** All of a workspace, by id. */
  holds(workspaceId: string): Promise<Hold[]>;

  /**
   * Ends a person's access for good, takes their name and address away, and remembers that they are to be erased. Again: no change.
   * Errors: `not_found`; `conflict` where a hold of the workspace or of this person says otherwise.
   */
  requestErasure(person: Person, request: ChangeRequest): Promise<Erasure>;
  /** Of every workspace, those that are not done, the oldest first; at most 1,000. */
  openErasures(): Promise<(Erasure & { user_id: string })[]>;
  /** Of one workspace, the newest first; at most 200. */
  erasures(workspaceId: string): Promise<Erasure[]>;
  /** Has them leave every channel, archived ones too; each leaves by the outbox. */
  leaveAll(person: Person, request: ChangeRequest): Promise<void>;
  /** Takes all that the directory has of them: devices, levels, groups, rows; `erasedUser` stands where something must stand. Idempotent. */
  finishErasure(person: Person, request: ChangeRequest): Promise<void>;
}
