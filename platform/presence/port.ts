import type { Person } from '../directory/person.ts';

export type Status = 'online' | 'away' | 'busy' | 'offline';
/** What one may set by hand; `online` ends what was set. */
export type SetStatus = 'online' | 'away' | 'busy';

export interface PresenceState {
  status: Status;
  /** Milliseconds since 1970; undefined for someone never seen here. */
  last_active_at: number | undefined;
  /** When what was set by hand ends, in milliseconds since 1970; undefined where it has no end, or nothing set is in force. */
  until: number | undefined;
}

/**
 * Who is here. A person has devices, each under a lease; all of them fold into one status: without a live device
 * `offline`; else what was set by hand (`busy`, `away`); else `online` if any device is not idle; else `away`.
 *
 * - A lease is 60 s at most and is renewed by `touch`: what is not renewed ends by itself.
 * - Every change of a person's status, also by a lease that ends, is told to the listener once, within 2 s.
 * - Unknown people are `offline`. Errors: `unavailable` when the store doesn't answer; callers then say `offline`.
 */
export interface Presence {
  /** A device is here, or still here. */
  touch(person: Person, device: string): Promise<void>;
  setIdle(person: Person, device: string, idle: boolean): Promise<void>;
  /** Until a time (milliseconds since 1970) if wished: then what was set ends by itself. */
  setStatus(person: Person, status: SetStatus, until?: number): Promise<void>;
  /** The device is gone, in so many milliseconds unless it is touched before: a broken connection may come back. */
  leave(person: Person, device: string, in_ms: number): Promise<void>;
  /** In the order asked for; at most 500. */
  statuses(people: Person[]): Promise<PresenceState[]>;
  onChange(listener: (person: Person, state: PresenceState) => void): void;
  close(): Promise<void>;
}

export const lease_ms = 60_000;

/** The fold of a person's devices (each idle or not) and of what was set by hand. */
export function foldStatus(devices: Iterable<{ idle: boolean }>, byHand: SetStatus | undefined): Status {
  let live = false;
  let active = false;
  for (const { idle } of devices) {
    live = true;
    active ||= !idle;
  }
  if (!live) return 'offline';
  if (byHand === 'busy' || byHand === 'away') return byHand;
  return active ? 'online' : 'away';
}
