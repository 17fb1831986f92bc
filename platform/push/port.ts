import type { Person } from '../directory/person.ts';

export type PushPlatform = 'fcm' | 'apns';

export interface PushTarget extends Person {
  platform: PushPlatform;
  token: string;
}

/** One push for one device. */
export interface Push {
  /** The same for every try of the same push: a provider that sees it twice shows it once, where it can tell. 1 to 64 characters. */
  push_id: string;
  target: PushTarget;
  channel_id: string;
  /** What is shown; null: nothing is, and what was shown of the channel goes from the screen. */
  shown: { title: string; body: string; message_id: string; thread_id: string | null } | null;
  /** Unread mentions, for the icon's badge. */
  badge: number;
}

/**
 * What became of a push. `gone`: the token is dead, forget it. `later`: not taken, try again after so many seconds.
 * `refused`: the provider will never take it, for a reason in its own words.
 */
export type PushResult =
  | { status: 'sent' }
  | { status: 'gone' }
  | { status: 'later'; retry_after: number }
  | { status: 'refused'; reason: string };

/**
 * Delivers pushes to phones.
 *
 * - One result for each push, in order; one that fails takes no other with it. At most 100 a call.
 * - Never throws for what a provider says, and answers `later` where it can't be reached; takes 30 s at most.
 * - Tokens and bodies are never logged.
 */
export interface PushSender {
  send(pushes: Push[]): Promise<PushResult[]>;
  close(): Promise<void>;
}
