import { Kysely } from 'kysely';
import { serve } from '../worker/serve.ts';
import { Sqlite } from '../worker/sqlite.ts';
import { sqliteDirectory } from './sql/dialect.ts';
import { openSqlDirectory } from './sql/directory.ts';
import { QueuedSqliteDialect } from './sql/sqlite-driver.ts';
import type { Tables } from './sql/tables.ts';

serve(async ({ file, encryptionKey }: { file: string; encryptionKey: string | undefined }) => {
  const database = new Sqlite({ file, encryptionKey });
  return openSqlDirectory(new Kysely<Tables>({ dialect: new QueuedSqliteDialect(database) }), sqliteDirectory(file));
});
