import type { Environment } from '../lmdb/environment.ts';
import { key, numberAt } from '../lmdb/key.ts';
import type { Table } from '../lmdb/table.ts';
import type { LmdbLog } from '../log/lmdb.ts';
import type { Append, LogRecord, Position } from '../log/port.ts';
import type { LmdbMessages } from '../messages/lmdb/store.ts';
import type { LmdbState } from '../state/lmdb.ts';
import type { StateWrite } from '../state/port.ts';
import type { FoldProgress, Unit, Units } from './port.ts';

/** A unit of work as one lmdb commit. Volatile records are published once what they follow from is on disk. */
export class LmdbUnits implements Units {
  private readonly offsets: Table;

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
    const writing = this.environment.write(() => {
      this.messages.stage(unit.rows);
      this.state.stage(state);
      for (const { consumer, partition, offset } of unit.offsets) {
        this.offsets.put(key(consumer, partition), key(offset));
      }
      const staged = this.log.stage(durable);
      this.state.stage(unit.folds.flatMap((fold) => foldRow(fold, staged)));
      return staged;
    });
    // Nothing durable but the offset: what it follows from is on disk already, so no one has to wait.
    const early = unit.rows.length === 0 && durable.length === 0 && state.length === 0;
    const positions = early ? this.log.appendVolatile(volatile) : [];
    const staged = await writing;
    this.log.publish(staged);
    if (early) return positions;
    return inOrder(unit.appends, staged, this.log.appendVolatile(volatile), (topic) => this.log.isVolatile(topic));
  }

  async offset(consumer: string, partition: number): Promise<number | undefined> {
    const value = this.offsets.get(key(consumer, partition));
    return value === undefined ? undefined : numberAt(value, 0);
  }
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
