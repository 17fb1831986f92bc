import type { Environment } from '../lmdb/environment.ts';
import { after, key } from '../lmdb/key.ts';
import type { Table } from '../lmdb/table.ts';
import { MemoryState } from './memory.ts';
import type { StatePartition, StateStore, StateWrite } from './port.ts';

export interface EncodedRow {
  state: string;
  at: Buffer;
  /** Undefined: the row goes. */
  value: Buffer | undefined;
}

/** State in lmdb under (topology/node/partition, table, key); volatile states in memory. */
export class LmdbState implements StateStore {
  private readonly rows: Table;
  private readonly volatile = new MemoryState();
  /** Rows of each state whose size was asked for. */
  private readonly sizes = new Map<string, number>();

  constructor(environment: Environment) {
    this.rows = environment.table('state');
  }

  open(id: string, partition: number, options: { volatile: boolean }): StatePartition {
    if (options.volatile) return this.volatile.open(id, partition);
    const state = `${id}/${partition}`;
    return {
      id: state,
      get: (table, row) => this.row(state, table, row),
      keys: (table, prefix, limit) => {
        const base = key(state, table);
        const start = Buffer.concat([base, Buffer.from(prefix)]);
        const found = this.rows.range({ start, end: after(start), limit });
        return Array.from(found, (entry) => entry.key.toString('utf8', base.length));
      },
      rows: () => this.rowsOf(state),
      size: () => this.size(state),
    };
  }

  /** A row that is on disk, of a state that is not volatile. */
  row(state: string, table: string, row: string): unknown {
    const value = this.rows.get(rowKey(state, table, row));
    return value === undefined ? undefined : JSON.parse(value.toString());
  }

  isVolatile(state: string): boolean {
    return this.volatile.isVolatile(state);
  }

  writeVolatile(writes: StateWrite[]): void {
    this.volatile.write(writes);
  }

  /** Rows as they are kept. Throws for a value that JSON can't hold: so before anything of a unit is changed. */
  encoded(writes: StateWrite[]): EncodedRow[] {
    return writes.map(({ state, table, key: row, value }) => ({
      state,
      at: rowKey(state, table, row),
      value: value === undefined ? undefined : Buffer.from(JSON.stringify(value)),
    }));
  }

  /** Inside `Environment.write`. */
  stage(rows: EncodedRow[]): void {
    for (const { state, at, value } of rows) {
      this.keepSize(state, at, value !== undefined);
      if (value === undefined) this.rows.remove(at);
      else this.rows.put(at, value);
    }
  }

  private *rowsOf(state: string): IterableIterator<{ table: string; key: string; json: string }> {
    const base = key(state);
    for (const entry of this.rows.asOfNow({ start: base, end: after(base) })) {
      const table = entry.key.indexOf(0, base.length);
      yield {
        table: entry.key.toString('utf8', base.length, table),
        key: entry.key.toString('utf8', table + 1),
        json: entry.value.toString(),
      };
    }
  }

  private size(state: string): number {
    let size = this.sizes.get(state);
    if (size === undefined) {
      const start = key(state);
      size = this.rows.count({ start, end: after(start) });
      this.sizes.set(state, size);
    }
    return size;
  }

  /** Nobody who never asks pays for it. */
  private keepSize(state: string, at: Buffer, written: boolean): void {
    const size = this.sizes.get(state);
    if (size === undefined) return;
    const there = this.rows.get(at) !== undefined;
    if (there !== written) this.sizes.set(state, size + (written ? 1 : -1));
  }
}

function rowKey(state: string, table: string, row: string): Buffer {
  return Buffer.concat([key(state, table), Buffer.from(row)]);
}
