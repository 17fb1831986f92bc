import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { MillraceError, messageOf } from '../errors/error.ts';
import { notWritable } from './not-writable.ts';

/**
 * Takes a data folder for this process, making it where it is missing. The lock is SQLite's own on a small file, which
 * the system releases however the process ends. Errors: `data_folder_not_writable`, `data_folder_in_use`.
 */
export function lockDataFolder(folder: string): { release(): void } {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(folder, messageOf(error));
  }
  let database: Database.Database | undefined;
  try {
    database = new Database(`${folder}/lock.sqlite`);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw notWritable(folder, messageOf(error), error);
    throw new MillraceError(
      'data_folder_in_use',
      `another Millrace process uses ${folder}: stop it, or set MILLRACE_DATA_DIR to another folder`,
      { cause: error },
    );
  }
  const held = database;
  return { release: () => held.close() };
}

/** Step by step: Node's own recursive mkdir never ends where a file system refuses with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
