import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';

/** A JWT, or what gives the current one before each try: then a session outlives the expiry of a token. */
export type TokenSource = string | (() => string | Promise<string>);

/** The current token. Rejects as the source does, or with code `timeout` after `ms`. */
export function currentToken(source: TokenSource, ms: number, clock: Clock): Promise<string> {
  if (typeof source === 'string') return Promise.resolve(source);
  return withDeadline(Promise.resolve().then(source), ms, clock, 'getting a token');
}
