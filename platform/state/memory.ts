import type { StatePartition, StateStore, StateWrite } from './port.ts';

/** State in memory, for volatile states and for tests. Bounded by what the nodes keep. */
export class MemoryState implements StateStore {
  private readonly states = new Map<string, Map<string, unknown>>();

  open(id: string, partition: number): StatePartition {
    const state = `${id}/${partition}`;
    let rows = this.states.get(state);
    if (!rows) {
      rows = new Map();
      this.states.set(state, rows);
    }
    const kept = rows;
    return {
      id: state,
      get: (table, key) => kept.get(`${table}\0${key}`),
      keys: (table, prefix, limit) => {
        const start = `${table}\0${prefix}`;
        const found = [...kept.keys()].filter((key) => key.startsWith(start)).sort();
        return found.slice(0, limit).map((key) => key.slice(table.length + 1));
      },
      rows: () =>
        [...kept]
          .map(([at, value]) => {
            const cut = at.indexOf('\0');
            return { table: at.slice(0, cut), key: at.slice(cut + 1), json: JSON.stringify(value) };
          })
          .values(),
      size: () => kept.size,
    };
  }

  isVolatile(state: string): boolean {
    return this.states.has(state);
  }

  write(writes: StateWrite[]): void {
    for (const { state, table, key, value } of writes) {
      const rows = this.states.get(state);
      if (!rows) throw new Error(`State ${state} is not open`);
      if (value === undefined) rows.delete(`${table}\0${key}`);
      else rows.set(`${table}\0${key}`, value);
    }
  }
}
