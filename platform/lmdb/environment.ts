import { statfsSync } from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { storeKey } from '../encryption/store-key.ts';
import { lmdbStore } from '../encryption/stores.ts';
import { ValueCipher } from '../encryption/value-cipher.ts';
import { MillraceError, messageOf } from '../errors/error.ts';
import { key, numberAt } from './key.ts';
import { openRoot, openTable } from './open.ts';
import { sealing } from './sealing.ts';
import { Table } from './table.ts';

/** Of keys and values, raised when an older version could misread them. */
const format = 1;
const formatKey = key('format');

interface Waiting {
  change(): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** With less space than this left no write is begun: lmdb does not survive a disk that is full in the middle of one. */
export const leastFree_bytes = 64 * 1024 * 1024;
const freeEvery_ms = 500;

export interface EnvironmentOptions {
  /** Encrypts the values on disk. Keys of tables hold ids, and stay as they are, for their order is needed. */
  key?: Buffer | undefined;
  /** Bytes left on the folder's disk; tests give their own. */
  free?: (folder: string) => number;
  /** The disk refused a write all the same: memory is ahead of it, and the process has to end. */
  onFailure?: (error: MillraceError) => void;
}

/** How long a lazy write may wait for others to share a commit with. */
const lazy_ms = 50;

/**
 * One lmdb environment: the embedded log, state and message store live in it together, so that a unit of work is one
 * commit. Group commit: while one is on its way to the disk, the writes that come gather for the next, so the more there
 * are, the less each costs. What gathers is bounded by the units of work and requests in flight.
 */
export class Environment {
  private readonly root: RootDatabase;
  private readonly tables = new Map<string, Table>();
  private waiting: Waiting[] = [];
  private writing = false;
  private batch = 0;
  private scheduled: NodeJS.Immediate | undefined;
  private lazily: NodeJS.Timeout | undefined;
  private committing: Promise<void> | undefined;
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
      void environment.root.close();
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
      table = new Table(openTable(this.root, name), () => this.currentBatch(), sealing(this.cipher, name));
      this.tables.set(name, table);
    }
    return table;
  }

  /**
   * Runs `change`, whose puts and removes on tables become part of one atomic commit, and resolves when that is on disk.
   * Changes run in the order of the calls. `lazy`: no one waits for it, so it may wait for others.
   *
   * Errors: whatever `change` throws (it must throw before it changes anything); `unavailable` while the disk is nearly
   * full. When the disk refuses all the same, `unavailable` for this and every later write, and `onFailure` is called.
   */
  write<Result>(change: () => Result, { lazy = false } = {}): Promise<Result> {
    if (this.broken) return Promise.reject(this.broken);
    if (!this.hasSpace()) return Promise.reject(noSpace(this.folder));
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ change, resolve: resolve as (result: unknown) => void, reject });
      if (!lazy) this.schedule();
      else this.lazily ??= setTimeout(() => this.schedule(), lazy_ms);
    });
  }

  /** For writes that nobody waits for. */
  report(error: unknown): void {
    if (error !== this.broken) process.emitWarning(`a write was lost: ${messageOf(error)}`);
  }

  async close(): Promise<void> {
    while (this.waiting.length > 0 || this.committing) {
      this.schedule();
      await (this.committing ?? new Promise((resolve) => setImmediate(resolve)));
    }
    await this.root.close();
  }

  /** After the callbacks of this turn of the event loop, so that what they write goes together. */
  private schedule(): void {
    if (this.committing || this.scheduled) return;
    this.scheduled = setImmediate(() => {
      this.scheduled = undefined;
      this.committing = this.commit().finally(() => {
        this.committing = undefined;
        if (this.waiting.length > 0) this.schedule();
      });
    });
  }

  private async commit(): Promise<void> {
    clearTimeout(this.lazily);
    this.lazily = undefined;
    const writes = this.waiting;
    this.waiting = [];
    const batch = ++this.batch;
    const done: { write: Waiting; result: unknown }[] = [];
    try {
      this.writing = true;
      const committed = this.root.batch(() => {
        this.mark?.();
        this.mark = undefined;
        for (const write of writes) {
          try {
            done.push({ write, result: write.change() });
          } catch (error) {
            write.reject(error);
          }
        }
      });
      this.writing = false;
      await committed;
      await this.root.flushed;
    } catch (error) {
      this.broken = new MillraceError(
        'unavailable',
        `the disk did not take a write (${messageOf(error)}): see to its space, then start the process again`,
        { cause: error },
      );
      for (const { reject } of [...writes, ...this.waiting.splice(0)]) reject(this.broken);
      this.options.onFailure?.(this.broken);
      return;
    } finally {
      this.writing = false;
    }
    for (const table of this.tables.values()) table.settle(batch);
    for (const { write, result } of done) write.resolve(result);
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
    if (!this.writing) throw new Error('A table can only be changed inside Environment.write');
    return this.batch;
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function noSpace(folder: string): MillraceError {
  const detail = `less than ${leastFree_bytes / 1024 / 1024} MiB are left for ${folder}: free some space, and writes go on by themselves`;
  return new MillraceError('unavailable', detail, { retryAfter: 10 });
}
