import type { PushDue } from '../../schemas/generated/types.ts';
import type { MillraceError } from '../errors/error.ts';

/** A message that may have to be told to people who are not here. */
export interface Notice {
  workspace_id: string;
  channel_id: string;
  message_id: string;
  rev: number;
  seq: number;
  thread_id: string | null;
  author_id: string;
  /** Named as <@…>, or by what a text named when it was sent. */
  named: string[];
  /** The text holds <!channel>. */
  everyone: boolean;
  /** By an edit: those who are named by it alone are told, for the others knew of it. */
  edited: boolean;
}

/**
 * What the sinks `push: audience` and `push: phones` do. Each is safe to repeat: candidates that come again are dropped by
 * their rev, and a push has the same id each time. Errors: `unavailable` where a part that they ask does not answer.
 */
export interface PushWork {
  /** Writes a candidate for each person whom the notices may reach, in the order of the notices. */
  audience(notices: Notice[]): Promise<void>;
  /**
   * Pushes what is still unread to the phones of those who are not active now, and writes what became of each. Resolves with
   * what a provider refused for good, for each of the dues.
   */
  phones(dues: PushDue[]): Promise<(MillraceError | undefined)[]>;
}
