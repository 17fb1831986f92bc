import { type Database, open, type RootDatabase, type Transaction } from 'lmdb';

// Keys and values are our own bytes. lmdb's map grows by itself. Its encryption is left off, for it ends the process now
// and then (lmdb 3.5.6: SIGSEGV and "overlapping duplicate entry" after restarts).

/** With what lmdb's types leave out. */
export interface Rows extends Database<Buffer, Buffer> {
  getBinary(key: Buffer, reading?: { transaction: Transaction }): Buffer | undefined;
}

export function openRoot(folder: string): RootDatabase {
  return open({ path: folder, maxDbs: 64, encoding: 'binary', keyEncoding: 'binary', compression: false });
}

export function openTable(root: RootDatabase, name: string): Rows {
  return root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
}
