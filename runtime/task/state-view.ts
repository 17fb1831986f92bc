import type { Append } from '../../platform/log/port.ts';
import type { StatePartition, StateWrite } from '../../platform/state/port.ts';
import type { StateChange } from '../../schemas/generated/types.ts';
import type { State, TableSpec } from '../processor.ts';
import type { WorkUnit } from './work-unit.ts';

interface Change {
  write: StateWrite;
  /** The unit that made it. */
  unit: WorkUnit;
}

interface ChangelogPlace {
  topic: string;
  partition: number;
  generation: number;
}

/** Rows of one slice that are forgotten with one unit. */
const sweepSize = 500;

/**
 * A node's state in one partition as its step sees it: kept rows under the changes of units that are not committed yet.
 * Tables that expire are kept in slices by record time; a slice two lengths old is removed, some rows with each unit.
 */
export class StateView implements State {
  private readonly pending = new Map<string, Change>();
  private undo: { key: string; before: Change | undefined }[] = [];
  private unit: WorkUnit | undefined;
  private time = 0;
  private readonly slices = new Map<string, { newest: number; sweeping: number[] }>();

  constructor(
    private readonly kept: StatePartition,
    private readonly tables: { readonly [table: string]: TableSpec },
  ) {
    this.reload();
  }

  /** Takes what is kept, where it was changed past this view. Nothing may be under way. */
  reload(): void {
    this.slices.clear();
    for (const [table, spec] of Object.entries(this.tables)) {
      if (spec.expires_ms === undefined) continue;
      const known = (this.kept.get('_slices', table) as number[] | undefined) ?? [];
      const newest = Math.max(0, ...known);
      this.slices.set(table, { newest, sweeping: known.filter((slice) => slice < newest - 1) });
    }
  }

  get state(): StatePartition {
    return this.kept;
  }

  get id(): string {
    return this.kept.id;
  }

  /** Changes from here on belong to `unit`. */
  begin(unit: WorkUnit): void {
    this.unit = unit;
    this.undo = [];
  }

  /** Record time of the record that is about to be processed. */
  at(time: number): void {
    this.time = time;
  }

  get(table: string, key: string): unknown {
    const spec = this.spec(table);
    if (spec.expires_ms === undefined) return this.row(table, key);
    const slice = this.sliceOf(spec.expires_ms);
    return this.row(`${table}@${slice}`, key) ?? this.row(`${table}@${slice - 1}`, key);
  }

  set(table: string, key: string, value: unknown): void {
    const spec = this.spec(table);
    if (spec.expires_ms === undefined) return this.write(table, key, value);
    const slice = this.sliceOf(spec.expires_ms);
    this.openSlice(table, slice);
    this.write(`${table}@${slice}`, key, value);
    if (value === undefined) this.write(`${table}@${slice - 1}`, key, undefined);
  }

  /** A row outside the step's tables: the runtime's own, such as how far a fold has come. */
  own(key: string): unknown {
    return this.row('_own', key);
  }

  setOwn(key: string, value: unknown): void {
    this.write('_own', key, value);
  }

  /** Adds to the unit the removal of some rows that have expired. */
  sweep(): void {
    for (const [table, state] of this.slices) {
      const slice = state.sweeping[0];
      if (slice === undefined) continue;
      const keys = this.kept.keys(`${table}@${slice}`, '', sweepSize);
      for (const key of keys) this.write(`${table}@${slice}`, key, undefined);
      if (keys.length < sweepSize) {
        state.sweeping.shift();
        this.write('_slices', table, [...state.sweeping, state.newest - 1, state.newest]);
      }
    }
  }

  /**
   * A unit's changes as records of a changelog: the table and key are the record's key, the value is JSON. Each generation
   * of a state has keys of its own, so that compaction keeps both.
   */
  changelog(unit: WorkUnit, to: ChangelogPlace, origin: number): Append[] {
    return records(
      unit.state.filter(({ state, table }) => state === this.kept.id && table !== '_own'),
      to,
      origin,
    );
  }

  /** The same of rows as they are now. */
  sayAgain(rows: { table: string; key: string }[], to: ChangelogPlace, origin: number): Append[] {
    return records(
      rows.map(({ table, key }) => ({ table, key, value: this.row(table, key) })),
      to,
      origin,
    );
  }

  /** Takes a changelog's record back. */
  replay({ table, key, json }: StateChange): void {
    this.write(table, key, json === null ? undefined : JSON.parse(json));
  }

  /** Takes back what the unit under way has changed. */
  rollback(): void {
    for (const { key, before } of this.undo.reverse()) {
      if (before) this.pending.set(key, before);
      else this.pending.delete(key);
    }
    this.undo = [];
  }

  /** The unit is committed: its rows are in the store. */
  settle(unit: WorkUnit): void {
    for (const { state, table, key } of unit.state) {
      if (state !== this.kept.id) continue;
      const at = `${table}\0${key}`;
      const change = this.pending.get(at);
      if (change && change.unit.id <= unit.id) this.pending.delete(at);
    }
  }

  private row(table: string, key: string): unknown {
    const change = this.pending.get(`${table}\0${key}`);
    return change ? change.write.value : this.kept.get(table, key);
  }

  private write(table: string, key: string, value: unknown): void {
    const unit = this.unit;
    if (!unit) throw new Error('State can only be changed while a unit of work is under way');
    const at = `${table}\0${key}`;
    const before = this.pending.get(at);
    // Of a row that a unit changes again and again, as a channel's head, only the last value is kept.
    if (before?.unit === unit) {
      before.write.value = value;
      return;
    }
    const write = { state: this.kept.id, table, key, value };
    this.undo.push({ key: at, before });
    this.pending.set(at, { write, unit });
    unit.state.push(write);
  }

  private sliceOf(expires_ms: number): number {
    return Math.floor(this.time / expires_ms);
  }

  private openSlice(table: string, slice: number): void {
    const state = this.slices.get(table)!;
    if (slice <= state.newest) return;
    if (state.newest > 0 && state.newest < slice - 1) state.sweeping.push(state.newest);
    if (state.newest - 1 > 0 && !state.sweeping.includes(state.newest - 1)) state.sweeping.push(state.newest - 1);
    state.newest = slice;
    this.write('_slices', table, [...state.sweeping, slice - 1, slice]);
  }

  private spec(table: string): TableSpec {
    const spec = this.tables[table];
    if (!spec) throw new Error(`The processor declares no table "${table}"`);
    return spec;
  }
}

function records(
  changes: { table: string; key: string; value: unknown }[],
  { topic, partition, generation }: ChangelogPlace,
  origin: number,
): Append[] {
  const prefix = generation === 1 ? '' : `${generation}\0`;
  return changes.map(({ table, key, value }, i) => {
    const json = value === undefined ? null : JSON.stringify(value);
    const change = { table, key, json, origin: i === changes.length - 1 ? origin : null, generation };
    return { topic, partition, key: `${prefix}${table}\0${key}`, schema: 'StateChange', value: change };
  });
}
