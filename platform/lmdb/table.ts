import type { Rows } from './open.ts';
import type { Sealing } from './sealing.ts';
import type { Snapshot } from './snapshot.ts';

/** A change that is not on disk yet. */
interface Change {
  readonly key: Buffer;
  readonly text: string;
  /** Undefined: removed. */
  value: Buffer | undefined;
  readonly batch: number;
}

interface Entry {
  key: Buffer;
  value: Buffer;
}

export interface Range {
  /** Inclusive. */
  start: Buffer;
  /** Exclusive. */
  end: Buffer;
  /** From the end down; start and end keep their meaning. */
  reverse?: boolean;
  limit?: number;
}

/**
 * A sorted table of bytes. `get` sees changes at once, before they are committed, and serves whoever makes the next
 * change; `committed` and `range` see what is on disk, and serve readers.
 * The changes under way are bounded by the units of work that may be in flight. Bytes that are given here must not change.
 */
export class Table {
  /** The newest change of each key. */
  private readonly pending = new Map<string, Change>();
  /** Of the batch that gathers, a key once; and of those on their way to the disk, oldest first. */
  private gathered: Change[] = [];
  private appended: Entry[] = [];
  private readonly underWay: Change[][] = [];

  constructor(
    private readonly database: Rows,
    private readonly shown: Snapshot,
    /** The one that gathers. Throws outside of `Environment.write`. */
    private readonly currentBatch: () => number,
    private readonly sealing: Sealing | undefined,
  ) {}

  get(key: Buffer): Buffer | undefined {
    if (this.pending.size > 0) {
      const change = this.pending.get(key.toString('latin1'));
      if (change) return change.value;
    }
    return this.committed(key);
  }

  committed(key: Buffer): Buffer | undefined {
    const value = this.database.getBinary(key, this.shown.reading);
    return value && this.sealing ? this.sealing.open(key, value) : value;
  }

  put(key: Buffer, value: Buffer): void {
    this.note(key, value);
  }

  /** A put that `get` need not see before it is on disk, and that no other change of its key may precede or follow until then. */
  append(key: Buffer, value: Buffer): void {
    this.currentBatch();
    this.appended.push({ key, value });
  }

  remove(key: Buffer): void {
    this.note(key, undefined);
  }

  /** To be gone through by a loop, which ends lmdb's transaction: one that is left open keeps every page from being used again. */
  range(range: Range): Iterable<Entry> {
    return this.entries(range);
  }

  /** The first entry of a range, or with `reverse` its last; undefined where it is empty. */
  first(range: Omit<Range, 'limit'>): Entry | undefined {
    for (const entry of this.range({ ...range, limit: 1 })) return entry;
    return undefined;
  }

  private *entries({ start, end, reverse, limit }: Range): IterableIterator<Entry> {
    if (!reverse) {
      const bound = limit === undefined ? {} : { limit };
      yield* this.opened(this.database.getRange({ start, end, ...bound, ...this.shown.reading }));
      return;
    }
    // lmdb's reverse range begins at its `start`, inclusive: leave our exclusive end out.
    let left = limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    const backwards = { start: end, end: start, reverse: true, inclusiveEnd: true };
    const backward = this.database.getRange({ ...backwards, ...this.shown.reading });
    for (const entry of this.opened(backward)) {
      if (entry.key.equals(end)) continue;
      yield entry;
      if (--left <= 0) return;
    }
  }

  /** What is on disk now, whatever is written while it is read. Old pages stay on the disk until it has ended. */
  *asOfNow({ start, end }: Range): IterableIterator<Entry> {
    const transaction = this.shown.hold();
    try {
      yield* this.opened(this.database.getRange({ start, end, transaction }));
    } finally {
      transaction.done();
    }
  }

  count({ start, end }: Range): number {
    return this.database.getKeysCount({ start, end, ...this.shown.reading });
  }

  /** Inside lmdb's batch: gives it what has gathered. */
  flush(): void {
    for (const { key, value } of this.gathered) {
      if (value === undefined) void this.database.remove(key);
      else this.write(key, value);
    }
    for (const { key, value } of this.appended) this.write(key, value);
    this.underWay.push(this.gathered);
    this.gathered = [];
    this.appended = [];
  }

  /** The oldest batch under way is on disk. */
  settle(): void {
    for (const change of this.underWay.shift() ?? [])
      if (this.pending.get(change.text) === change) this.pending.delete(change.text);
  }

  private write(key: Buffer, value: Buffer): void {
    void this.database.put(key, this.sealing ? this.sealing.seal(key, value) : value);
  }

  private opened(entries: Iterable<Entry>): Iterable<Entry> {
    return this.sealing ? openEach(entries, this.sealing) : entries;
  }

  private note(key: Buffer, value: Buffer | undefined): void {
    const batch = this.currentBatch();
    const text = key.toString('latin1');
    const known = this.pending.get(text);
    if (known?.batch === batch) {
      known.value = value;
      return;
    }
    const change = { key, text, value, batch };
    this.pending.set(text, change);
    this.gathered.push(change);
  }
}

function* openEach(entries: Iterable<Entry>, sealing: Sealing): IterableIterator<Entry> {
  for (const { key, value } of entries) yield { key, value: sealing.open(key, value) };
}
