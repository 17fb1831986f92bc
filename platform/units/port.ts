import type { Append, Position } from '../log/port.ts';
import type { RowWrite } from '../messages/port.ts';
import type { StateWrite } from '../state/port.ts';

/** How far a consumer has come: the next offset to read. */
export interface ConsumerOffset {
  /** topology/source. */
  consumer: string;
  partition: number;
  offset: number;
}

/** All that follows from one batch of records. */
export interface Unit {
  /** Whose units keep their order among each other. A unit of nobody's waits for no other one. */
  task?: string | undefined;
  /** For the message store. */
  rows: RowWrite[];
  appends: Append[];
  state: StateWrite[];
  offsets: ConsumerOffset[];
  folds: FoldProgress[];
  /** May follow from records that are not on disk yet (`ReadOptions.ahead`): nothing of it may be seen before they are. */
  ahead?: boolean;
}

/**
 * A state that folds a topic to which this unit appends. With the state's rows its row (_own, fold) becomes
 * `{ next, origin }`: next is the offset after the unit's last record in the topic, so that a restart folds on from there.
 */
export interface FoldProgress {
  state: string;
  topic: string;
  /** The offset after the input from which the unit's events came. */
  origin: number;
}

/**
 * Commits units of work.
 *
 * - Effects take place in this order: rows, appends, state with offsets. A reader of an appended record finds its rows.
 * - A crash in between leaves a prefix; the unit is then made again from the same records, and every part of it is
 *   idempotent or, like appends, recognised by its readers through rev and offset.
 * - The embedded adapter makes all of it one commit, so there is no in between.
 * - Calls of one task commit in the order in which they were made; those of others may pass. A rejected commit takes with it
 *   those of the same consumer that were called before it rejected: their offsets would pass over its records. After that it
 *   may be tried again as it is.
 */
export interface Units {
  commit(unit: Unit): Promise<Position[]>;
  /** Undefined where the consumer has not committed yet. */
  offset(consumer: string, partition: number): Promise<number | undefined>;
}
