import type { RootDatabase } from 'lmdb';
import { storeKey } from '../encryption/store-key.ts';
import { lmdbStore } from '../encryption/stores.ts';
import { ValueCipher } from '../encryption/value-cipher.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import { key, numberAt } from './key.ts';
import { openRoot, openTable } from './open.ts';
import { sealing } from './sealing.ts';
import { Snapshot } from './snapshot.ts';
import { freeBytes, leastFree_bytes } from './space.ts';
import { Table } from './table.ts';

/** Of keys and values, raised when an older version could misread them. */
const format = 1;
const formatKey = key('format');

/** A write that gathers for the next commit. */
interface Waiting {
  done(): void;
  reject(error: unknown): void;
}

const freeEvery_ms = 500;

export interface EnvironmentOptions {
  /** Encrypts the values on disk. Keys of tables hold ids, and stay as they are, for their order is needed. */
  key?: Buffer | undefined;
  /** Bytes left on the folder's disk; tests give their own. */
  free?: (folder: string) => number;
  /** Writes that gather for one commit while the disk stands still; past it they are refused. Default 100,000. */
  mostWaiting?: number;
  /** The disk refused a write all the same: memory is ahead of it, and the process has to end. */
  onFailure?: (error: MillraceError) => void;
}

/** How long a lazy write may wait for others to share a commit with. */
const lazy_ms = 50;

/**
 * One lmdb environment: the embedded log, state and message store live in it together, so that a unit of work is one
 * commit. Group commit: while one is on its way to the disk, the writes that come gather in memory for the next, which has
 * each row once, so the more there are, the less each costs. What gathers is bounded by the units of work and requests in flight, and
 * by `mostWaiting` where the disk stands still, for requests are given up before their writes are.
 */
export class Environment {
  private readonly root: RootDatabase;
  private readonly shown: Snapshot;
  private readonly tables = new Map<string, Table>();
  private waiting: Waiting[] = [];
  private readonly mostWaiting: number;
  /** Of what waits, not all is lazy. */
  private urgent = false;
  private changing = false;
  /** The batch that gathers. */
  private batch = 1;
  private scheduled: NodeJS.Immediate | undefined;
  private lazily: NodeJS.Timeout | undefined;
  /** From when a batch sets off until those who waited for it are told; and for how much of that it is not on disk. */
  private committing = false;
  private landing = false;
  private readonly preparations: (() => void)[] = [];
  private broken: MillraceError | undefined;

  private readonly cipher: ValueCipher | undefined;
  private mark: (() => void) | undefined;
  private freeAt = 0;
  private full = false;

  private constructor(
    private readonly folder: string,
    private readonly options: EnvironmentOptions,
    encryptionKey: string | undefined,
  ) {
    this.root = openRoot(folder);
    this.shown = new Snapshot(this.root);
    this.mostWaiting = options.mostWaiting ?? 100_000;
    this.cipher = encryptionKey === undefined ? undefined : new ValueCipher(encryptionKey);
  }

  /** Errors: `data_newer` for a folder that a newer version has written, `data_key_wrong`; it is left as it is. */
  static open(folder: string, options: EnvironmentOptions = {}): Environment {
    const environment = new Environment(folder, options, storeKey(options.key, lmdbStore(folder)));
    const meta = environment.table('meta');
    const kept = meta.get(formatKey);
    // A new folder is marked by its first commit.
    if (kept === undefined) environment.mark = () => meta.put(formatKey, key(format));
    else if (numberAt(kept, 0) > format) {
      void environment.close();
      throw new MillraceError(
        'data_newer',
        `${folder} has format ${numberAt(kept, 0)}, and this version knows up to ${format}: start the newer version again, or use another folder`,
      );
    }
    return environment;
  }

  table(name: string): Table {
    let table = this.tables.get(name);
    if (!table) {
      const database = openTable(this.root, name);
      // One from before the table knows nothing of it.
      this.shown.renew();
      table = new Table(database, this.shown, () => this.currentBatch(), sealing(this.cipher, name));
      this.tables.set(name, table);
    }
    return table;
  }

  /**
   * Runs `change` at once, whose puts and removes on tables become part of one atomic commit, and resolves when that is on
   * disk, behind all writes that were called before. `lazy`: no one waits for it, so it may wait for others.
   *
   * Errors: whatever `change` throws (it must throw before it changes anything); `unavailable` while the disk is nearly
   * full, and while too much waits for it. When the disk refuses all the same, `unavailable` for this and every later write, and `onFailure` is called.
   */
  write<Result>(change: () => Result, { lazy = false } = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.broken) throw this.broken;
      if (!this.hasSpace()) throw noSpace(this.folder);
      if (this.waiting.length >= this.mostWaiting) throw standsStill(this.folder);
      const result = this.change(change);
      this.waiting.push({ done: () => resolve(result), reject });
      if (!lazy) this.schedule();
      else this.lazily ??= setTimeout(() => this.schedule(), lazy_ms);
    });
  }

  /** Whether every write so far is. */
  get isOnDisk(): boolean {
    return this.waiting.length === 0 && !this.landing && !this.broken;
  }

  /** For writes that nobody waits for. */
  report(error: unknown): void {
    if (error !== this.broken) process.emitWarning(`a write was lost: ${messageOf(error)}`);
  }

  async close(): Promise<void> {
    while (this.waiting.length > 0 || this.committing) {
      this.schedule();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.shown.close();
    await this.root.close();
  }

  private change<Result>(change: () => Result): Result {
    this.changing = true;
    try {
      this.mark?.();
      this.mark = undefined;
      return change();
    } finally {
      this.changing = false;
    }
  }

  /** Runs before each commit; what is written until the next turn of the event loop goes with it. */
  beforeCommit(prepare: () => void): void {
    this.preparations.push(prepare);
  }

  /** After the callbacks of this turn of the event loop, so that what they write goes together. */
  private schedule(): void {
    this.urgent = true;
    if (this.committing || this.scheduled) return;
    this.scheduled = setImmediate(() => {
      this.prepare();
      this.scheduled = setImmediate(() => {
        this.scheduled = undefined;
        this.begin();
      });
    });
  }

  private prepare(): void {
    for (const prepare of this.preparations) prepare();
  }

  private begin(): void {
    clearTimeout(this.lazily);
    this.lazily = undefined;
    // What has gathered builds on what the disk refused.
    if (this.broken) return;
    const writes = this.waiting;
    this.waiting = [];
    this.urgent = false;
    this.batch++;
    this.committing = true;
    this.landing = true;
    void this.commit(writes);
  }

  private async commit(writes: Waiting[]): Promise<void> {
    try {
      await this.root.batch(() => {
        for (const table of this.tables.values()) table.flush();
      });
      await this.root.flushed;
    } catch (error) {
      this.broken = new MillraceError(
        'unavailable',
        `the disk did not take a write (${messageOf(error)}): see to its space, then start the process again`,
        { cause: error },
      );
      for (const { reject } of [...writes, ...this.waiting.splice(0)]) reject(this.broken);
      this.committing = false;
      this.landing = false;
      this.options.onFailure?.(this.broken);
      return;
    }
    this.landing = false;
    this.shown.renew();
    for (const table of this.tables.values()) table.settle();
    this.prepare();
    setImmediate(() => {
      this.committing = false;
      // The next one sets off first: what the writes of this one lead to is done while the disk is at work.
      if (this.urgent && this.waiting.length > 0) this.begin();
      for (const { done } of writes) done();
    });
  }

  private hasSpace(): boolean {
    const now = Date.now();
    if (now - this.freeAt >= freeEvery_ms) {
      this.freeAt = now;
      this.full = (this.options.free ?? freeBytes)(this.folder) < leastFree_bytes;
    }
    return !this.full;
  }

  private currentBatch(): number {
    if (!this.changing) throw new Error('A table can only be changed inside Environment.write');
    return this.batch;
  }
}

function standsStill(folder: string): MillraceError {
  return new MillraceError('unavailable', `too many writes wait for the disk of ${folder}: try again`, {
    retryAfter: 1,
  });
}

function noSpace(folder: string): MillraceError {
  const detail = `less than ${leastFree_bytes / 1024 / 1024} MiB are left for ${folder}: free some space, and writes go on by themselves`;
  return new MillraceError('unavailable', detail, { retryAfter: 10 });
}
