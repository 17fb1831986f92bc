import { partitionOf } from '../../platform/keys.ts';
import type { Moves } from '../processor.ts';

/** A row of a state as its store has it: of a table that expires, `table` names the slice, too. */
export interface DealtRow {
  table: string;
  key: string;
  value: unknown;
}

/**
 * Deals the rows of a node's old partitions out to the new ones: each goes to the partition of its key; those of a partition as
 * a whole are merged, and go to all.
 */
export class Dealer {
  /** Of the rows without a key, each old partition's value. Their number is the processor's own bound. */
  private readonly wholes = new Map<string, { table: string; key: string; values: unknown[] }>();

  constructor(
    private readonly moves: Moves,
    private readonly partitions: number,
  ) {}

  /** The new partition of a row; undefined where it is kept for `merged`, or is the runtime's own and means nothing there. */
  take({ table, key, value }: DealtRow): number | undefined {
    // How far a fold has come: the new topics begin anew.
    if (table === '_own') return undefined;
    const home = table === '_slices' ? undefined : this.moves.keyOf(tableOf(table), key);
    if (home !== undefined) return partitionOf(home, this.partitions);
    const at = `${table}\0${key}`;
    const whole = this.wholes.get(at) ?? { table, key, values: [] };
    whole.values.push(value);
    this.wholes.set(at, whole);
    return undefined;
  }

  /** Once all rows were taken: those that each new partition gets. */
  merged(): DealtRow[] {
    return [...this.wholes.values()].flatMap(({ table, key, values }) => {
      const value = table === '_slices' ? slices(values as number[][]) : this.moves.merge(tableOf(table), key, values);
      return value === undefined ? [] : [{ table, key, value }];
    });
  }
}

/** The slices that any partition has: a state that finds ones that ended sweeps them away. */
function slices(known: number[][]): number[] {
  return [...new Set(known.flat())].sort((a, b) => a - b);
}

/** The table as the processor declares it. */
function tableOf(table: string): string {
  const at = table.lastIndexOf('@');
  return at < 0 ? table : table.slice(0, at);
}
