import { open, type RootDatabase } from 'lmdb';
import { Table } from './table.ts';

/**
 * One lmdb environment: the embedded log, state and message store live in it together, so that a unit of work is one
 * commit. Writes of all callers in an event turn share a transaction and its flush.
 */
export class Environment {
  private readonly root: RootDatabase;
  private readonly tables = new Map<string, Table>();
  private writing = false;
  private batch = 0;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(folder: string) {
    // Values are our own bytes. lmdb's map grows by itself; the reader bound covers one process with its threads.
    this.root = open({ path: folder, maxDbs: 64, encoding: 'binary', keyEncoding: 'binary', compression: false });
  }

  static open(folder: string): Environment {
    return new Environment(folder);
  }

  table(name: string): Table {
    let table = this.tables.get(name);
    if (!table) {
      const database = this.root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
      table = new Table(database, () => this.currentBatch());
      this.tables.set(name, table);
    }
    return table;
  }

  /**
   * Runs `change`, whose puts and removes on tables become one atomic commit, and resolves when that is on disk. Calls
   * commit in order. An error of the disk (full, say) rejects: what the tables show then is no longer what the disk
   * holds, so the process has to stop; nothing acknowledged is lost.
   */
  async write<Result>(change: () => Result): Promise<Result> {
    const batch = ++this.batch;
    let result!: Result;
    this.writing = true;
    const committed = this.root.batch(() => {
      result = change();
    });
    const flushed = this.root.flushed;
    this.writing = false;
    const before = this.last;
    const done = (async () => {
      await committed;
      await flushed;
      await before;
      for (const table of this.tables.values()) table.settle(batch);
    })();
    this.last = done;
    await done;
    return result;
  }

  async close(): Promise<void> {
    await this.root.flushed;
    await this.root.close();
  }

  private currentBatch(): number {
    if (!this.writing) throw new Error('A table can only be changed inside Environment.write');
    return this.batch;
  }
}
