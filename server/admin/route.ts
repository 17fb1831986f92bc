import type { Logger } from 'pino';
import type { Directory } from '../../platform/directory/port.ts';
import type { Log } from '../../platform/log/port.ts';
import type { MessageStore } from '../../platform/messages/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import type { SearchIndex } from '../../platform/search/port.ts';
import type { StateStore } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { Taps } from '../../runtime/observing/taps.ts';
import type { Runner } from '../../runtime/runner.ts';
import type { Archiver } from '../archive/archiver.ts';
import type { DeadLetters } from '../dead-letters/dead-letters.ts';
import type { Sweeper } from '../life/sweeper.ts';
import type { Topologies } from '../topologies.ts';

/** What operators' calls work on. */
export interface AdminContext {
  runner: Runner;
  topologies: Topologies;
  taps: Taps;
  deadLetters: DeadLetters;
  log: Log;
  state: StateStore;
  units: Units;
  search: SearchIndex;
  store: MessageStore;
  directory: Directory;
  /** Undefined where messages have no archive. */
  archiver: Archiver | undefined;
  sweeper: Sweeper;
  /** This region's number and those of the others; undefined where there is one region. */
  regions: { own: number; peers: number[] } | undefined;
  codec: Codec;
  /** Where this process serves clients; undefined where it serves none. */
  url: string | undefined;
  /** Where it serves operators over TCP. */
  operators_url: string;
  logger: Logger;
}

export interface AdminCall {
  params: { [name: string]: string | undefined };
  query: URLSearchParams;
  /** The body's JSON; undefined without one. */
  body: unknown;
  /** Aborts when the caller is gone. */
  signal: AbortSignal;
}

/**
 * One call of the admin API. An answer that is an async iterable is sent as lines of JSON as they come; an error in the
 * midst of it is its last line. Anything else is one JSON value.
 */
export interface AdminRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for a parameter. */
  path: string;
  doc: string;
  run(context: AdminContext, call: AdminCall): Promise<unknown> | AsyncIterable<unknown>;
}
