import type { Append, Log, TopicSpec } from '../../platform/log/port.ts';
import type { StatePartition, StateWrite } from '../../platform/state/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { StateSnapshot } from '../../schemas/generated/types.ts';
import type { FoldPosition } from '../task/fold-position.ts';

const topic = 'millrace_snapshots';
/** Bounds of one part. */
const partRows = 1000;
const part_characters = 256 * 1024;
/** Rows of one commit where a state is filled: each waits for the disk. */
const commitRows = 10_000;
/** Parts that are appended in one call. */
const atOnce = 8;
const pageSize = 100;
/** A topic's end may have been compacted away: what has not come after this does not come. */
const patience_ms = 2000;

export interface SnapshotPlace {
  /** Under which how far the last snapshot came is kept: topology/node. */
  name: string;
  partition: number;
}

/**
 * Snapshots of states in a compacted topic, each under the offset of the topic that its state follows. The newest two of each
 * state stay, so that one is whole whatever is killed while another is written.
 */
export class Snapshots {
  private partitions = 1;

  constructor(
    private readonly ports: { log: Log; units: Units },
    private readonly newId: () => string,
  ) {}

  /** Declares the topic. Error: `conflict` where it has another number of partitions. */
  async start(partitions: number): Promise<void> {
    this.partitions = partitions;
    const spec: TopicSpec = { name: topic, partitions, retention_ms: null, compact: true, volatile: false };
    await this.ports.log.declare([spec]);
  }

  /** The offset at which the newest one stands; undefined where there is none. */
  newest({ name, partition }: SnapshotPlace): Promise<number | undefined> {
    return this.ports.units.offset(`${name}/@snapshot`, partition);
  }

  /** Writes a state as it stands now. Resolves with its offset; undefined where it follows nothing yet. */
  async save(state: StatePartition, { name, partition }: SnapshotPlace): Promise<number | undefined> {
    const count = ((await this.ports.units.offset(`${name}/@snapshots`, partition)) ?? 0) + 1;
    const head = { state: state.id, slot: count % 2 === 0 ? 'a' : 'b', id: this.newId() };
    let fold: FoldPosition | undefined;
    let part = 0;
    let rows: StateSnapshot['rows'] = [];
    let size = 0;
    let waiting: Append[] = [];
    const put = async (last: boolean): Promise<void> => {
      const { next, origin } = fold ?? { next: 0, origin: 0 };
      const value: StateSnapshot = { ...head, part, rows, last, next: last ? next : 0, origin: last ? origin : 0 };
      const key = `${state.id}/${head.slot}/${part}`;
      waiting.push({ topic, partition: partition % this.partitions, key, schema: 'StateSnapshot', value });
      part++;
      rows = [];
      size = 0;
      if (!last && waiting.length < atOnce) return;
      await this.ports.log.append(waiting);
      waiting = [];
    };
    for (const { table, key, json } of state.rows()) {
      if (table === '_own') {
        if (key === 'fold') fold = JSON.parse(json) as FoldPosition;
        continue;
      }
      rows.push({ table, key, json });
      size += table.length + key.length + json.length;
      if (rows.length >= partRows || size >= part_characters) await put(false);
    }
    if (!fold) return undefined;
    await put(true);
    const offsets = [
      { consumer: `${name}/@snapshot`, partition, offset: fold.next },
      { consumer: `${name}/@snapshots`, partition, offset: count },
    ];
    await this.ports.units.commit({ rows: [], appends: [], state: [], offsets, folds: [] });
    return fold.next;
  }

  /** Puts the newest whole snapshot in place of a state. Resolves with its offset; undefined where there is none. */
  async load(state: StatePartition, { partition }: SnapshotPlace, signal: AbortSignal): Promise<number | undefined> {
    const found = await this.newestWhole(state.id, partition, signal);
    if (!found) return undefined;
    // Until the last commit here the state follows from nowhere: a crash loads it again.
    await this.empty(state);
    const write = (writes: StateWrite[]) =>
      this.ports.units.commit({ rows: [], appends: [], state: writes, offsets: [], folds: [] });
    let writes: StateWrite[] = [];
    for await (const { value } of this.parts(state.id, partition, found.from, signal)) {
      if (value.id !== found.id) continue;
      for (const { table, key, json } of value.rows)
        writes.push({ state: state.id, table, key, value: JSON.parse(json) });
      if (writes.length < commitRows) continue;
      await write(writes);
      writes = [];
    }
    await write(writes);
    if (signal.aborted) return undefined;
    const { next, origin } = found;
    await write([{ state: state.id, table: '_own', key: 'fold', value: { next, origin } satisfies FoldPosition }]);
    return next;
  }

  private async newestWhole(id: string, partition: number, signal: AbortSignal) {
    /** Of each snapshot: where it begins, the parts that came, and what its last one says. */
    const seen = new Map<string, { from: number; parts: Set<number>; last?: StateSnapshot }>();
    for await (const { value, offset } of this.parts(id, partition, undefined, signal)) {
      const entry = seen.get(value.id) ?? { from: offset, parts: new Set<number>() };
      entry.parts.add(value.part);
      if (value.last) entry.last = value;
      seen.set(value.id, entry);
    }
    const whole = [...seen].flatMap(([snapshot, { from, parts, last }]) =>
      last && parts.size === last.part + 1 ? [{ id: snapshot, from, next: last.next, origin: last.origin }] : [],
    );
    return whole.sort((a, b) => b.next - a.next)[0];
  }

  private async *parts(
    id: string,
    partition: number,
    from: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<{ value: StateSnapshot; offset: number }> {
    const at = partition % this.partitions;
    const { start, end } = await this.ports.log.bounds(topic, at);
    const reader = this.ports.log.reader(topic, at, from ?? start);
    try {
      for (let next = from ?? start; next < end && !signal.aborted; ) {
        const records = await reader.next(Math.min(pageSize, end - next), patience_ms);
        if (records.length === 0) return;
        for (const record of records) {
          next = record.offset + 1;
          const { schema, value } = record.decoded();
          if (schema === 'StateSnapshot' && (value as StateSnapshot).state === id)
            yield { value: value as StateSnapshot, offset: record.offset };
        }
      }
    } finally {
      reader.close();
    }
  }

  private async empty(state: StatePartition): Promise<void> {
    let writes: StateWrite[] = [{ state: state.id, table: '_own', key: 'fold', value: undefined }];
    const commit = async (): Promise<void> => {
      await this.ports.units.commit({ rows: [], appends: [], state: writes, offsets: [], folds: [] });
      writes = [];
    };
    await commit();
    for (const { table, key } of state.rows()) {
      writes.push({ state: state.id, table, key, value: undefined });
      if (writes.length >= commitRows) await commit();
    }
    if (writes.length > 0) await commit();
  }
}
