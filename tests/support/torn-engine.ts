import { MemoryLog } from '../../platform/log/memory.ts';
import type { Append, Position } from '../../platform/log/port.ts';
import type { RowWrite } from '../../platform/messages/port.ts';
import type { Codec } from '../../platform/schemas/codec.ts';
import { MemoryState } from '../../platform/state/memory.ts';
import type { Unit, Units } from '../../platform/units/port.ts';

export class Crash extends Error {}

/**
 * An engine without atomic commits, as separate servers are: a unit takes effect in steps (rows, each append, then state
 * with offsets), and a planned crash falls between any two. What was done before it stays.
 */
export class TornEngine implements Units {
  readonly log: MemoryLog;
  readonly state = new MemoryState();
  readonly rows: RowWrite[] = [];
  private readonly offsets = new Map<string, number>();
  private crashed = false;

  constructor(
    codec: Codec,
    clock: () => number,
    /** How many steps each life of the process survives; the last life survives all. */
    private readonly lives: number[],
  ) {
    this.log = new MemoryLog(codec, clock);
  }

  /** The process begins anew on what is left. */
  restart(): void {
    this.crashed = false;
    this.lives.shift();
  }

  async commit(unit: Unit): Promise<Position[]> {
    this.step();
    this.rows.push(...unit.rows);
    const positions: Position[] = [];
    for (const append of unit.appends) {
      this.step();
      positions.push(...this.log.appendNow([append]));
    }
    this.step();
    this.state.write(unit.state);
    for (const fold of unit.folds) {
      const last = lastPosition(unit.appends, positions, fold.topic);
      if (last)
        this.state.write([
          { state: fold.state, table: '_own', key: 'fold', value: { next: last.offset + 1, origin: fold.origin } },
        ]);
    }
    for (const { consumer, partition, offset } of unit.offsets) this.offsets.set(`${consumer}/${partition}`, offset);
    return positions;
  }

  async offset(consumer: string, partition: number): Promise<number | undefined> {
    return this.offsets.get(`${consumer}/${partition}`);
  }

  private step(): void {
    // A dead process does nothing more, whatever it still had under way.
    if (this.crashed) throw new Crash();
    if (this.lives.length === 0) return;
    if (this.lives[0]! > 0) {
      this.lives[0]!--;
      return;
    }
    this.crashed = true;
    throw new Crash();
  }
}

function lastPosition(appends: Append[], positions: Position[], topic: string): Position | undefined {
  const at = appends.map((append) => append.topic).lastIndexOf(topic);
  return at < 0 ? undefined : positions[at];
}
