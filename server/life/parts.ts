import type { ChangeRequest } from '../../platform/directory/change-request.ts';
import type { Directory } from '../../platform/directory/port.ts';
import type { Log } from '../../platform/log/port.ts';
import type { ColdTier } from '../../platform/messages/cold/renew.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { SearchIndex } from '../../platform/search/port.ts';

/** What retention and erasure work on. */
export interface LifeParts {
  directory: Directory;
  store: MessageStore;
  search: SearchIndex;
  log: Log;
  /** Undefined where messages have no archive. */
  tier: ColdTier | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What a sweep has done so far. */
export interface Swept {
  /** Channels whose history begins later now. */
  trimmed: number;
  /** Channels that a hold keeps as they are. */
  held: number;
  /** Messages whose rows are gone. */
  removed: number;
  /** Archive objects that were made anew, or are gone. */
  objects: number;
  /** Messages out of which someone who is to be erased was taken. */
  rewritten: number;
  /** People who are erased now. */
  erased: number;
  /** People who are not erased yet: what names them is under way, or held. */
  waiting: number;
}

/** Millrace itself does what policy says; nobody waits for it. */
export const bySystem: ChangeRequest = { actor_id: '', reply_to: null, trace_id: '' };
