import { MillraceError } from '../errors/error.ts';
import type { Log, Position } from '../log/port.ts';
import type { FoldProgress, Unit } from './port.ts';

const page = 500;

/**
 * Topics that states fold, where other processes may write, too: one that had been taken for dead wakes up in the midst of a
 * unit, or one that took over goes on behind this one's back. What another one wrote between two units of this process is not
 * in its state, so its fold must not be noted as if it were.
 */
export class FoldedTopics {
  /** By state and partition: the offset after all that the state has taken of its topic. One entry for each state. */
  private readonly next = new Map<string, number>();
  /** The last unit's of each state that are under way. */
  private readonly checks = new Map<string, Promise<void>>();

  constructor(
    private readonly log: Log,
    /** The offset that is kept with a state's rows. */
    private readonly kept: (state: string) => number | undefined,
  ) {}

  /**
   * To be called in the order of the appends. Error: `conflict` where somebody else's records lie before the unit's own: the
   * task then begins anew, and folds what they wrote. Units behind it are refused, too, for to them its records are such.
   */
  async appended(unit: Unit, positions: Position[]): Promise<void> {
    for (const { state, table, key, value } of unit.state) {
      if (table !== '_own' || key !== 'fold') continue;
      // A state that is emptied, to be filled anew, follows from nowhere.
      if (value === undefined) this.next.delete(state);
      else this.next.set(state, (value as { next: number }).next);
    }
    for (const fold of unit.folds) {
      const own = positions.filter((_, i) => unit.appends[i]!.topic === fold.topic);
      if (own.length === 0) continue;
      // A unit waits for what is said of the one before it.
      const before = this.checks.get(fold.state);
      const check = this.check(fold, own, before);
      this.checks.set(fold.state, check);
      try {
        await check;
      } finally {
        if (this.checks.get(fold.state) === check) this.checks.delete(fold.state);
      }
    }
  }

  private async check({ state, topic }: FoldProgress, own: Position[], before?: Promise<void>): Promise<void> {
    // It has told its own unit.
    await before?.catch(() => undefined);
    const next = this.next.get(state) ?? this.kept(state) ?? 0;
    this.next.set(state, own.at(-1)!.offset + 1);
    for (const [i, { partition, offset }] of own.entries()) {
      const from = i === 0 ? next : own[i - 1]!.offset + 1;
      if (from >= offset || !(await this.holdsForeign(topic, partition, from, offset))) continue;
      this.next.delete(state);
      throw new MillraceError('conflict', `another process has written to ${topic}/${partition} as well`);
    }
  }

  /** Cuts are everybody's, and no state takes them. */
  private async holdsForeign(topic: string, partition: number, from: number, to: number): Promise<boolean> {
    const reader = this.log.reader(topic, partition, from);
    try {
      for (let next = from; next < to; ) {
        const records = await reader.next(Math.min(page, to - next), 5000);
        if (records.length === 0) return true;
        for (const record of records) {
          if (record.offset >= to) return false;
          if (record.decoded().schema !== 'Cut') return true;
          next = record.offset + 1;
        }
      }
      return false;
    } finally {
      reader.close();
    }
  }
}
