import type { Log } from '../../platform/log/port.ts';
import type { StateStore, StateWrite } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { Version } from '../deployment/deployments.ts';
import { scopeOf } from '../scope.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { FoldPosition } from '../task/fold-position.ts';
import { intakesOf } from '../task/intake.ts';
import { restoreStates } from '../task/restore.ts';
import { StateView } from '../task/state-view.ts';
import { partitionsOf } from '../topology/topic-specs.ts';
import { Dealer } from './deal.ts';
import type { MovingState } from './movable.ts';

/** Rows of one commit: each waits for the disk. */
const commitRows = 10_000;

/** A generation of the log, with states in a folder that is thrown away. */
export interface Generation {
  log: Log;
  state: StateStore;
  units: Units;
  snapshots: Snapshots;
}

export interface MoveProgress {
  restored(partitions: number): void;
  dealt(rows: number): void;
  saved(snapshots: number): void;
}

/**
 * Moves the states of a version: makes those of each old partition as they stand at the log's end, deals their rows out by
 * key, and writes what each new partition gets as its snapshot, from before the first record of its topic. Reads the old
 * generation only.
 */
export async function moveStates(
  version: Version,
  states: MovingState[],
  { from, to }: { from: Generation; to: Generation },
  progress: MoveProgress,
  signal: AbortSignal,
): Promise<void> {
  const old = partitionsOf(version.plan, from.log);
  const made: Map<string, StateView>[] = [];
  for (let partition = 0; partition < old; partition++) {
    made.push(await restored(version, partition, from, signal));
    progress.restored(1);
  }
  for (const { node, moves } of states) {
    const name = `${scopeOf(version.topology, version.generation)}/${node}`;
    const partitions = partitionsOf(version.plan, to.log);
    const homes = Array.from({ length: partitions }, (_, partition) =>
      to.state.open(name, partition, { volatile: false }),
    );
    const writer = new Writer(to.units);
    const dealer = new Dealer(moves, partitions);
    for (const views of made) {
      for (const { table, key, json } of views.get(node)!.state.rows()) {
        signal.throwIfAborted();
        const value: unknown = JSON.parse(json);
        const home = dealer.take({ table, key, value });
        if (home !== undefined) await writer.put({ state: homes[home]!.id, table, key, value });
        progress.dealt(1);
      }
    }
    const fold: FoldPosition = { next: 0, origin: 0 };
    for (const { id } of homes)
      for (const row of [...dealer.merged(), { table: '_own', key: 'fold', value: fold }])
        await writer.put({ state: id, ...row });
    await writer.end();
    for (const [partition, home] of homes.entries()) {
      signal.throwIfAborted();
      await to.snapshots.save(home, { name, partition });
      progress.saved(1);
    }
  }
}

async function restored(
  { topology, generation, plan }: Version,
  partition: number,
  { log, state, units, snapshots }: Generation,
  signal: AbortSignal,
): Promise<Map<string, StateView>> {
  const scope = scopeOf(topology, generation);
  const views = new Map<string, StateView>();
  for (const node of plan.nodes) {
    if (node.kind !== 'processor' || !node.state) continue;
    const kept = state.open(`${scope}/${node.id}`, partition, { volatile: false });
    views.set(node.id, new StateView(kept, node.processor.tables ?? {}));
  }
  const intakes = intakesOf(plan, partition, scope, log).filter(({ kind }) => kind === 'source');
  // As a standby has it: all that the topics hold, and no offset is committed.
  const where = { partition, generation, positions: undefined, standby: true, isNew: false };
  await restoreStates(plan, intakes, views, where, { log, units, snapshots }, signal);
  signal.throwIfAborted();
  return views;
}

class Writer {
  private writes: StateWrite[] = [];

  constructor(private readonly units: Units) {}

  async put(write: StateWrite): Promise<void> {
    this.writes.push(write);
    if (this.writes.length >= commitRows) await this.end();
  }

  async end(): Promise<void> {
    const state = this.writes;
    this.writes = [];
    await this.units.commit({ rows: [], appends: [], state, offsets: [], folds: [] });
  }
}
