import type { Draft, Message } from '../../client/index.ts';
import type { OpenStrip } from './open-strip.ts';
import type { Workspace } from './workspace.ts';

/** What a row can ask for. */
export interface RowActions {
  /** Absent inside a thread. */
  readonly onThread?: (message: Message) => void;
  readonly onEdit: (message: Message) => void;
  readonly onDelete: (message: Message) => void;
  readonly onReact: (message: Message, emoji: string, on: boolean) => void;
  /** Makes it and all behind it unread; absent inside a thread. */
  readonly onUnread?: (message: Message) => void;
  readonly onEdits: (message: Message) => void;
  readonly onPerson: (userId: string) => void;
  readonly onRetry: (draft: Draft) => void;
  readonly onDiscard: (draft: Draft) => void;
}

export interface RowContext {
  readonly workspace: Workspace;
  readonly actions: RowActions;
  /** Follows a message of the same author closely: no name and picture. */
  readonly compact: boolean;
  /** Whether one may change the message at all: not while only looking into a channel. */
  readonly writable: boolean;
  readonly strip: OpenStrip;
}
