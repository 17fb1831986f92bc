import { type RawBuilder, sql } from 'kysely';
import type { MillraceError } from '../../errors/error.ts';
import { asUnavailable, sqliteCode } from '../../worker/sqlite.ts';

/** All that differs between the engines; everything else is one code for all of them. */
export interface DirectoryDialect {
  /** Column type of text that is compared byte by byte, whatever the database's locale. */
  text: RawBuilder<unknown>;
  /** A table `listed(id)` of the ids, as one parameter however many they are. */
  listed(ids: string[]): RawBuilder<{ id: string }>;
  /** Put behind a select, keeps its rows from being changed by others until the transaction ends. */
  lock: RawBuilder<unknown>;
  /** Two transactions met; running this one again may give another result. */
  isRace(error: unknown): boolean;
  /** For errors of the engine itself (disk, connection, lock); undefined for others. */
  asUnavailable(error: unknown): MillraceError | undefined;
}

/** SQLite: one connection, so transactions follow one another and nothing needs a lock. */
export function sqliteDirectory(file: string): DirectoryDialect {
  return {
    text: sql`text`,
    listed: (ids) => sql<{ id: string }>`(select value as id from json_each(${JSON.stringify(ids)}))`,
    lock: sql``,
    isRace: (error) => /^SQLITE_(CONSTRAINT_(UNIQUE|PRIMARYKEY)|BUSY_SNAPSHOT)$/.test(sqliteCode(error)),
    asUnavailable: (error) => asUnavailable(file, error),
  };
}
