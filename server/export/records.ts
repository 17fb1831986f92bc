import type { ChannelRecord, User } from '../../platform/directory/port.ts';
import type { Message } from '../../schemas/generated/types.ts';

/** What to export. */
export interface ExportRequest {
  workspace_id: string;
  /** Also private channels, groups and dms. */
  private: boolean;
  /** Only what this person wrote and where they reacted, in every channel that they did so in; and who they are. */
  user_id?: string | undefined;
}

/** A message with what Slack calls it. */
export interface ExportedMessage {
  kind: 'message';
  channel_id: string;
  message: Message;
  /** Unique in its channel. */
  ts: string;
  /** The ts and author of a reply's root; null for a message that is no reply. */
  root: { ts: string; user_id: string } | null;
}

/**
 * What an export consists of, in this order: one `begin`; people; channels, each followed by its messages, a root before
 * its replies; one `end`, without which it is not whole.
 */
export type ExportRecord =
  /** How many top-level messages are to be looked at. */
  | { kind: 'begin'; roots: number }
  | { kind: 'user'; user: User }
  | { kind: 'channel'; channel: ChannelRecord; members: string[] }
  | ExportedMessage
  /** One person's reactions to someone's message. */
  | { kind: 'reaction'; channel_id: string; ts: string; emoji: string[] }
  /** How many top-level messages have been looked at. */
  | { kind: 'progress'; roots: number }
  | { kind: 'end' };
