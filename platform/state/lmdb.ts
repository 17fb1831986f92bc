import type { Environment } from '../lmdb/environment.ts';
import { after, key } from '../lmdb/key.ts';
import type { Table } from '../lmdb/table.ts';
import { MemoryState } from './memory.ts';
import type { StatePartition, StateStore, StateWrite } from './port.ts';

/** State in lmdb under (topology/node/partition, table, key); volatile states in memory. */
export class LmdbState implements StateStore {
  private readonly rows: Table;
  private readonly volatile = new MemoryState();

  constructor(environment: Environment) {
    this.rows = environment.table('state');
  }

  open(id: string, partition: number, options: { volatile: boolean }): StatePartition {
    if (options.volatile) return this.volatile.open(id, partition);
    const state = `${id}/${partition}`;
    return {
      id: state,
      get: (table, row) => {
        const value = this.rows.get(rowKey(state, table, row));
        return value === undefined ? undefined : JSON.parse(value.toString());
      },
      keys: (table, prefix, limit) => {
        const base = key(state, table);
        const start = Buffer.concat([base, Buffer.from(prefix)]);
        const found = this.rows.range({ start, end: after(start), limit });
        return Array.from(found, (entry) => entry.key.toString('utf8', base.length));
      },
    };
  }

  isVolatile(state: string): boolean {
    return this.volatile.isVolatile(state);
  }

  writeVolatile(writes: StateWrite[]): void {
    this.volatile.write(writes);
  }

  /** Inside `Environment.write`. */
  stage(writes: StateWrite[]): void {
    for (const { state, table, key: row, value } of writes) {
      if (value === undefined) this.rows.remove(rowKey(state, table, row));
      else this.rows.put(rowKey(state, table, row), Buffer.from(JSON.stringify(value)));
    }
  }
}

function rowKey(state: string, table: string, row: string): Buffer {
  return Buffer.concat([key(state, table), Buffer.from(row)]);
}
