/** A change of one row of a node's state. `value` undefined removes the row. Values are JSON. */
export interface StateWrite {
  /** Which state: `open`'s id and partition. */
  state: string;
  table: string;
  key: string;
  value: unknown;
}

/** Rows of one state, read back as they were written. */
export interface StatePartition {
  /** The name under which `StateWrite.state` finds it. */
  readonly id: string;
  get(table: string, key: string): unknown;
  /** Keys of a table that begin with `prefix`, at most `limit`. */
  keys(table: string, prefix: string, limit: number): string[];
  /** All rows as they are committed now, as JSON texts, whatever is written while they are read. */
  rows(): IterableIterator<{ table: string; key: string; json: string }>;
  /**
   * How many rows all tables have. The first call in a process may count them; from then on the number is kept, so that it may be asked
   * each second. Units under way at the first call may leave it a few off.
   */
  size(): number;
}

/**
 * Where nodes keep their state: rows by (node, partition, table, key). Rows change only through a unit of work
 * (platform/units/port.ts), so that they move together with the offsets that they follow from; `get` sees what was
 * handed to a unit at once.
 */
export interface StateStore {
  /** `id`: topology/node. `volatile`: the state folds a volatile topic, and is worth as much as it. */
  open(id: string, partition: number, options: { volatile: boolean }): StatePartition;
  /** Whether `StateWrite.state` names a volatile state. */
  isVolatile(state: string): boolean;
}
