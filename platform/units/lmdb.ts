import type { Environment } from '../lmdb/environment.ts';
import { key, numberAt } from '../lmdb/key.ts';
import type { Table } from '../lmdb/table.ts';
import type { LmdbLog } from '../log/lmdb.ts';
import type { Append, LogRecord, Position } from '../log/port.ts';
import type { LmdbMessages } from '../messages/lmdb/store.ts';
import type { LmdbState } from '../state/lmdb.ts';
import type { StateWrite } from '../state/port.ts';
import type { ConsumerOffset, FoldProgress, Unit, Units } from './port.ts';
import { Turns } from './turns.ts';

/** A unit of work as one lmdb commit. Volatile records are published once what they follow from is on disk. */
export class LmdbUnits implements Units {
  private readonly offsets: Table;
  private readonly turns = new Turns();
  /** Offsets that wait for a commit to go with; one for each consumer and partition. */
  private readonly lazyOffsets = new Map<string, ConsumerOffset>();
  /** A write that will take them along waits for its turn. */
  private keeping = false;

  constructor(
    private readonly environment: Environment,
    private readonly log: LmdbLog,
    private readonly state: LmdbState,
    private readonly messages: LmdbMessages,
  ) {
    this.offsets = environment.table('offsets');
  }

  async commit(unit: Unit): Promise<Position[]> {
    const durable: Append[] = [];
    const volatile: Append[] = [];
    for (const append of unit.appends) (this.log.isVolatile(append.topic) ? volatile : durable).push(append);
    const state = unit.state.filter((write) => !this.state.isVolatile(write.state));
    if (state.length < unit.state.length) {
      this.state.writeVolatile(unit.state.filter((write) => this.state.isVolatile(write.state)));
    }
    const isDurable = unit.rows.length > 0 || durable.length > 0 || state.length > 0;
    const mustFollow = unit.ahead === true && !this.environment.isOnDisk;
    if (!isDurable && !mustFollow && !this.turns.areUnderWay(unit.offsets)) {
      // Nothing durable but how far it has come: what it follows from is on disk already, so no one has to wait. A crash
      // before the offset is kept does it again, into topics that begin anew.
      this.keepLazily(unit.offsets);
      return this.log.appendVolatile(volatile);
    }
    const staged = await this.inTurn(unit, () => {
      // First, for it may throw: nothing has been changed then.
      const rows = this.state.encoded(state);
      // Rows first, as readers rely on: should the records be refused, they are repeated with them, and the same.
      this.messages.stage(unit.rows);
      const records = this.log.stage(durable);
      this.state.stage(rows);
      this.state.stage(this.state.encoded(unit.folds.flatMap((fold) => foldRow(fold, records))));
      for (const offset of unit.offsets) this.putOffset(offset);
      return records;
    });
    this.log.publish(staged);
    return inOrder(unit.appends, staged, this.log.appendVolatile(volatile), (topic) => this.log.isVolatile(topic));
  }

  async offset(consumer: string, partition: number): Promise<number | undefined> {
    const lazy = this.lazyOffsets.get(nameOf({ consumer, partition }));
    if (lazy) return lazy.offset;
    const value = this.offsets.get(key(consumer, partition));
    return value === undefined ? undefined : numberAt(value, 0);
  }

  private async inTurn<Result>({ offsets }: Unit, change: () => Result): Promise<Result> {
    const turn = this.turns.take(offsets);
    try {
      return await this.environment.write(() => turn.run(change));
    } catch (error) {
      turn.refused = true;
      throw error;
    } finally {
      this.turns.leave(turn);
    }
  }

  private putOffset(at: ConsumerOffset): void {
    // One that still waits is older.
    this.lazyOffsets.delete(nameOf(at));
    this.offsets.put(key(at.consumer, at.partition), key(at.offset));
  }

  /** The newest offset of each consumer goes with one of the next commits. */
  private keepLazily(offsets: ConsumerOffset[]): void {
    for (const offset of offsets) this.lazyOffsets.set(nameOf(offset), offset);
    if (this.keeping || this.lazyOffsets.size === 0) return;
    this.keeping = true;
    const put = (): void => {
      this.keeping = false;
      for (const offset of [...this.lazyOffsets.values()]) this.putOffset(offset);
    };
    this.environment.write(put, { lazy: true }).catch((error: unknown) => {
      // Everyone who waits for a write is told the same; this one's loss costs only a repetition. The next takes it along.
      this.keeping = false;
      this.environment.report(error);
    });
  }
}

function nameOf({ consumer, partition }: { consumer: string; partition: number }): string {
  return `${consumer}/${partition}`;
}

function foldRow({ state, topic, origin }: FoldProgress, staged: LogRecord[]): StateWrite[] {
  const last = staged.filter((record) => record.topic === topic).at(-1);
  return last ? [{ state, table: '_own', key: 'fold', value: { next: last.offset + 1, origin } }] : [];
}

function inOrder(
  appends: Append[],
  durable: Position[],
  volatile: Position[],
  isVolatile: (topic: string) => boolean,
): Position[] {
  let d = 0;
  let v = 0;
  return appends.map((append) => (isVolatile(append.topic) ? volatile[v++]! : durable[d++]!));
}
