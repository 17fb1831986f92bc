import type { EventFrame, HelloFrame, PresenceFrame, ReadFrame, ThreadReadFrame, TypingFrame } from './frames.ts';
import type { MillraceError } from './millrace-error.ts';
import type { Head } from './wire.ts';

export type SessionState =
  | {
      readonly status: 'stopped';
      /** `unauthenticated` and `forbidden`: the server said so, and coming back with this token is useless. */
      readonly reason: 'not_started' | 'closed' | 'unauthenticated' | 'forbidden';
      readonly detail: string;
    }
  | { readonly status: 'connecting'; readonly attempt: number }
  | {
      readonly status: 'connected';
      readonly connectionId: string;
      readonly userId: string;
      readonly workspaceId: string;
    }
  | {
      readonly status: 'waiting';
      /** When the next try begins, ms since 1970. */
      readonly retryAt: number;
      readonly attempt: number;
      readonly detail: string;
    };

export interface SessionEvents {
  state: SessionState;
  /** After each handshake; missed events follow it. */
  hello: HelloFrame;
  /** Each rev of each channel once, in order, but for a `reset` in between. */
  event: EventFrame;
  /** The channel's events up to `head` are not to be had: read its history again. */
  reset: { readonly channel_id: string; readonly head: Head };
  /** One is now in this channel. */
  added: { readonly channel_id: string; readonly head: Head };
  /** One is no longer in this channel, or may no longer know of it. */
  removed: { readonly channel_id: string };
  /** Another of one's devices, or this one by REST, read up to there. */
  read: ReadFrame;
  /** The same for a thread. */
  threadRead: ThreadReadFrame;
  presence: PresenceFrame;
  typing: TypingFrame;
  /** An error that answers no request. */
  problem: MillraceError;
}
