import type { Person } from '../directory/port.ts';

export type PushPlatform = 'fcm' | 'apns';

export interface PushTarget extends Person {
  platform: PushPlatform;
  token: string;
}

/** One notification for one device. */
export interface Push {
  /** The same for every try of the same push: a provider that sees it twice shows it once. */
  push_id: string;
  target: PushTarget;
  title: string;
  body: string;
  /** Unread mentions, for the icon's badge. */
  badge: number;
}

/** What became of a push; `gone`: the token is dead, forget it; `later`: try again after so many seconds. */
export type PushResult = { status: 'sent' } | { status: 'gone' } | { status: 'later'; retry_after: number };

/**
 * Delivers notifications to phones.
 *
 * - One result for each push, in order; one that fails takes no other with it. At most 100 a call.
 * - Never throws for what a provider says; `unavailable` only where the provider can't be reached in 10 s.
 * - Tokens and bodies are never logged.
 */
export interface PushSender {
  send(pushes: Push[]): Promise<PushResult[]>;
  close(): Promise<void>;
}
