import { copyFileSync } from 'node:fs';
import Database from 'libsql';

/** Copies a SQLite file that nobody writes, from one key to another; undefined: without encryption. */
export function copySqlite(
  from: { file: string; encryptionKey: string | undefined },
  to: { file: string; encryptionKey: string | undefined },
): void {
  const source = opened(from.file, from.encryptionKey);
  // What was written last stands in a file beside it.
  source.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  source.close();
  copyFileSync(from.file, to.file);
  if (from.encryptionKey !== to.encryptionKey) {
    const copy = opened(to.file, from.encryptionKey);
    // A key is changed outside of WAL only; the next start goes back to that.
    copy.exec('PRAGMA journal_mode = DELETE');
    copy.exec(`PRAGMA rekey = '${to.encryptionKey ?? ''}'`);
    copy.close();
  }
  const copied = opened(to.file, to.encryptionKey);
  const [found] = copied.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
  copied.close();
  if (found?.integrity_check !== 'ok') throw new Error(`${to.file}: ${found?.integrity_check}`);
}

function opened(file: string, encryptionKey: string | undefined): Database.Database {
  return new Database(file, encryptionKey === undefined ? {} : ({ encryptionKey } as object));
}
