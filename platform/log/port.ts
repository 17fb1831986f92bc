import type { Schemas } from '../../schemas/generated/types.ts';
import type { Decoded, SchemaName } from '../schemas/codec.ts';

/** A topic as topologies/topics.yaml declares it. */
export interface TopicSpec {
  name: string;
  partitions: number;
  /** How long records are kept, in milliseconds; null: for good. A volatile topic keeps what its bound allows. */
  retention_ms: number | null;
  /** Only the newest record of each key must stay. */
  compact: boolean;
  /** Worth nothing after its readers are gone: kept in memory by the embedded log, with short retention elsewhere. */
  volatile: boolean;
}

export interface ReadOptions {
  /**
   * Records may come before they are on disk. Only for a reader whose every effect is a unit of work in the same store
   * (`Unit.ahead`), so that a crash takes what follows from a record with it. A log that can't do this leaves it out.
   */
  ahead?: boolean;
}

/** A record to be appended. `partition` unset: by the key. */
export type Append = {
  [Name in SchemaName]: { topic: string; partition?: number; key: string; schema: Name; value: Schemas[Name] };
}[SchemaName];

export interface Position {
  partition: number;
  offset: number;
}

/** A record as read. Shared by all readers in a process: treat `value` as frozen. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The log's append time in milliseconds since 1970; never falls within a partition. */
  readonly time: number;
  readonly key: string;
  /** Decodes at the first call. Errors as in `Codec.decode`. */
  decoded(): Decoded;
  /** The record's value in Confluent's wire format. */
  bytes(): Buffer;
}

export interface LogReader {
  /**
   * The next records in offset order, 1 to `max`; waits for the first one, at most `wait_ms` where that is given. Empty
   * when none came in time, and after `close`. One call at a time. Error: `conflict` when the next offset is no longer kept,
   * or lies beyond the end of a partition that others write, too.
   */
  next(max: number, wait_ms?: number): Promise<LogRecord[]>;
  /** Ends a wait, too. */
  close(): void;
}

/**
 * A partitioned, append-only log.
 *
 * - Offsets of a partition count from 0; a reader sees them in order, each once. (There may be gaps on other engines.)
 * - `append` resolves once the records are on disk (volatile topics: in memory). Records of one call to one partition
 *   lie in the call's order; calls for a partition in the order in which they were made.
 * - A reader sees a record only when it is on disk, so that nothing follows from what a crash could take back; one that reads
 *   ahead has to see to that itself.
 * - Errors: `not_found` for an undeclared topic, `unavailable` when the log is down or full.
 */
export interface Log {
  /** Makes what is missing. Error: `conflict` for another partition count than the topic has: that is final. */
  declare(topics: TopicSpec[]): Promise<void>;
  topic(name: string): TopicSpec | undefined;
  /** Whether the topic's records are gone with this process, so that no place in it is worth keeping. */
  isVolatile(topic: string): boolean;
  append(records: Append[]): Promise<Position[]>;
  /** Reads from an offset on, or from the end. */
  reader(topic: string, partition: number, from: number | 'end', options?: ReadOptions): LogReader;
  /** The first offset kept, and the one after the last. */
  bounds(topic: string, partition: number): Promise<{ start: number; end: number }>;
  /** The first offset kept whose record was appended at `time` (milliseconds since 1970) or later; the end if none was. */
  offsetAt(topic: string, partition: number, time: number): Promise<number>;
  close(): Promise<void>;
}
