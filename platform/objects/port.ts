import type { Readable } from 'node:stream';
import { MillraceError } from '../errors/error.ts';

/** An object's greatest size: it is in memory as a whole while it is put. */
export const mostObjectBytes = 64 * 2 ** 20;
/** Objects in one page of a list. */
export const mostListed = 1000;

export interface StoredObject {
  name: string;
  /** As it was put. */
  bytes: number;
}

export interface ObjectPage {
  /** By name, in the order of its bytes. */
  objects: StoredObject[];
  /** Whether others follow: ask for those after the last one. */
  more: boolean;
}

/**
 * Objects: bytes under a name, for what is written once and read seldom.
 *
 * - An object never changes. The same bytes once more change nothing; others under its name are refused: `conflict`. Two writers
 *   of one name at one time are not told apart by every engine: callers have one. No name is a folder of another.
 * - When `put` resolves the object is durable, and in every later read; after a crash there is all of it or nothing.
 * - What is read is checked against what was put: `data_damaged` names the object. A stream says so at its end, so what came of
 *   it counts only once it has ended well.
 * - Names are of `isObjectName`, else `invalid_request`. An object above `mostObjectBytes`: `too_large`.
 * - Errors: `unavailable` when the engine does not answer in time (30 s for a call, 120 s for an object's bytes), or refuses.
 */
export interface Objects {
  put(name: string, content: Buffer): Promise<void>;
  /** Undefined where there is none. */
  get(name: string): Promise<Buffer | undefined>;
  /** Undefined where there is none. Whoever does not read it to its end destroys it. */
  stream(name: string): Promise<Readable | undefined>;
  /** Those whose names begin with `prefix` and come after `after`; at most `limit`, which is 1 to `mostListed`. */
  list(prefix: string, page: { after?: string | undefined; limit: number }): Promise<ObjectPage>;
  /** One that is not there is no error. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

const part = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,199}$/;

/** Parts of letters, digits, `.`, `_`, `=` and `-`, none beginning with a dot, with `/` between them; 512 characters at most. */
export function isObjectName(name: string): boolean {
  return name.length <= 512 && name.split('/').every((one) => part.test(one));
}

/** Error: `invalid_request`. */
export function checkName(name: string): void {
  if (!isObjectName(name))
    throw new MillraceError('invalid_request', `an object can not be named ${JSON.stringify(name.slice(0, 100))}`);
}

/** Error: `too_large`. */
export function checkSize(name: string, content: Buffer): void {
  if (content.length > mostObjectBytes)
    throw new MillraceError('too_large', `object ${name}: has ${content.length} bytes, more than ${mostObjectBytes}`);
}

/** Error: `invalid_request`. */
export function checkPage(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > mostListed)
    throw new MillraceError('invalid_request', `limit: must be from 1 to ${mostListed}`);
}

export function otherObject(name: string): MillraceError {
  return new MillraceError('conflict', `object ${name}: is there already, with other bytes; objects never change`);
}
