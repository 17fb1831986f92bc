import { type Database, open, type RootDatabase } from 'lmdb';

// Keys and values are our own bytes. lmdb's map grows by itself. Its encryption is left off, for it ends the process now
// and then (lmdb 3.5.6: SIGSEGV and "overlapping duplicate entry" after restarts).

export function openRoot(folder: string): RootDatabase {
  return open({ path: folder, maxDbs: 64, encoding: 'binary', keyEncoding: 'binary', compression: false });
}

export function openTable(root: RootDatabase, name: string): Database<Buffer, Buffer> {
  return root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
}
