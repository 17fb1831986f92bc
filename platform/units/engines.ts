import type { Environment } from '../lmdb/environment.ts';
import { key, numberAt } from '../lmdb/key.ts';
import type { Table } from '../lmdb/table.ts';
import type { Append, Log, Position } from '../log/port.ts';
import type { MessageStore } from '../messages/port.ts';
import type { EncodedRow, LmdbState } from '../state/lmdb.ts';
import type { StateWrite } from '../state/port.ts';
import { FoldedTopics } from './folded-topics.ts';
import type { FoldProgress, Unit, Units } from './port.ts';
import type { SharedOffsets } from './shared-offsets.ts';
import { type Turn, Turns } from './turns.ts';

/**
 * Units of work over separate engines, in the port's order: rows, then records, then this process's own state with offsets,
 * which move together in lmdb; offsets are told to others a little later. Rows of several units may be on their way at
 * once; a task's records are appended in the order of its calls, and wait for no other task's rows.
 */
export class EngineUnits implements Units {
  private readonly offsets: Table;
  private readonly turns = new Turns();
  private readonly folded: FoldedTopics;
  /** By task: resolves once its last unit under way has called its append, or has been refused. */
  private readonly called = new Map<string, Promise<void>>();

  constructor(
    private readonly engines: {
      log: Log;
      messages: MessageStore;
      /** Of this process: a copy of what folds and changelogs hold. */
      environment: Environment;
      state: LmdbState;
      shared: SharedOffsets;
    },
  ) {
    this.offsets = engines.environment.table('offsets');
    this.folded = new FoldedTopics(engines.log, (state) => {
      const fold = engines.state.row(state, '_own', 'fold') as { next: number } | undefined;
      return fold?.next;
    });
  }

  async commit(unit: Unit): Promise<Position[]> {
    const { messages, log, shared, state } = this.engines;
    const turn = this.turns.take(unit.offsets);
    const { before, told } = this.queue(unit);
    try {
      // First, for it may throw: nothing has been changed then.
      const rows = state.encoded(unit.state.filter((write) => !state.isVolatile(write.state)));
      if (unit.rows.length > 0) await messages.write(unit.rows);
      await before;
      const appending = turn.run(() => log.append(unit.appends));
      told();
      const positions = await appending;
      await this.folded.appended(unit, positions);
      await this.keep(unit, rows, turn, positions);
      shared.keep(unit.offsets);
      if (unit.offsets.some(({ consumer }) => consumer.endsWith('/@deployment'))) await shared.flush();
      return positions;
    } catch (error) {
      turn.refused = true;
      throw error;
    } finally {
      told();
      this.turns.leave(turn);
    }
  }

  /** The further of what this process has kept, with its states, and what others have told. */
  async offset(consumer: string, partition: number): Promise<number | undefined> {
    const value = this.offsets.get(key(consumer, partition));
    const own = value === undefined ? -1 : numberAt(value, 0);
    const further = Math.max(own, this.engines.shared.get(consumer, partition) ?? -1);
    return further < 0 ? undefined : further;
  }

  /** Resolves once every process can know how far consumers have come here. Error: `unavailable`. */
  flush(): Promise<void> {
    return this.engines.shared.flush();
  }

  /** `before` is the task's unit in front, and `told` lets the one behind go on. */
  private queue({ task }: Unit): { before: Promise<void> | undefined; told: () => void } {
    if (task === undefined) return { before: undefined, told: () => undefined };
    const before = this.called.get(task);
    let resolve: () => void = () => undefined;
    const called = new Promise<void>((told) => {
      resolve = told;
    });
    this.called.set(task, called);
    const told = (): void => {
      if (this.called.get(task) === called) this.called.delete(task);
      resolve();
    };
    return { before, told };
  }

  private async keep(unit: Unit, rows: EncodedRow[], turn: Turn, positions: Position[]): Promise<void> {
    const { environment, state } = this.engines;
    const folds = unit.folds.flatMap((fold) => foldRow(fold, unit.appends, positions));
    state.writeVolatile([...unit.state, ...folds].filter((write) => state.isVolatile(write.state)));
    const durable = [...rows, ...state.encoded(folds.filter((write) => !state.isVolatile(write.state)))];
    if (durable.length === 0 && unit.offsets.length === 0) return;
    const change = (): void => {
      state.stage(durable);
      for (const { consumer, partition, offset } of unit.offsets)
        this.offsets.put(key(consumer, partition), key(offset));
    };
    const kept = environment.write(() => turn.run(change), { lazy: durable.length === 0 });
    // Where nothing but the offset is kept no one has to wait: without it records come again, as from any crash.
    if (durable.length > 0) await kept;
    else kept.catch((error: unknown) => environment.report(error));
  }
}

function foldRow({ state, topic, origin }: FoldProgress, appends: Append[], positions: Position[]): StateWrite[] {
  const at = appends.map((append) => append.topic).lastIndexOf(topic);
  const last = positions[at];
  return last ? [{ state, table: '_own', key: 'fold', value: { next: last.offset + 1, origin } }] : [];
}
