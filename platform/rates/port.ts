import type { Person } from '../directory/person.ts';

/** How fast a person's bucket fills, and how much it holds. */
export interface Rate {
  per_second: number;
  burst: number;
}

/**
 * One bucket of requests for each person, for all processes together. It begins full. Nobody asks it for each request: whoever
 * counts takes a block, and asks for the next one ahead.
 */
export interface Rates {
  /** Takes up to `wanted` requests, a whole number from 1 on. Resolves with how many the bucket had. Error: `unavailable`. */
  take(person: Person, wanted: number, rate: Rate): Promise<number>;
  close(): Promise<void>;
}
