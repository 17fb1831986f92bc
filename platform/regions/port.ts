import type { LogRecord } from '../log/port.ts';

/** What regions read of each other's logs, and no other topic. */
export const linkedTopics = ['message_events', 'region_sends', 'read_commands', 'presence_changes'] as const;
export type LinkedTopic = (typeof linkedTopics)[number];

export interface PeerRead {
  /** In the order of their offsets within a partition. */
  records: LogRecord[];
  /** For each partition the offset to go on from. */
  next: number[];
  /** Records that were asked for and are no longer kept there. */
  missed: number;
}

/**
 * Another region's log, for reading alone: a link that is cut only makes reads fail, and nothing of it is lost while the
 * other region keeps its topics.
 *
 * - Partitions are the other region's, and may be more or fewer than here.
 * - An offset that is no longer kept, or (of a volatile topic, whose process began anew) not there yet, goes on from the
 *   first one kept.
 * - Errors: `unavailable` when the other region does not answer in time, `forbidden` where it does not let this one read.
 */
export interface PeerLog {
  /** The first offset kept and the one after the last, of each partition. */
  bounds(topic: LinkedTopic): Promise<{ start: number; end: number }[]>;
  /**
   * Up to `max` records, or a few more, from these offsets on, one for each partition; waits `wait_ms` for a first one. One
   * call for a topic at a time.
   */
  read(topic: LinkedTopic, from: readonly number[], max: number, wait_ms: number): Promise<PeerRead>;
  close(): Promise<void>;
}
