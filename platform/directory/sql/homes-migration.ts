import { type Migration, sql } from 'kysely';
import type { DirectoryDialect } from './dialect.ts';

/** Which region a channel has its home in: docs/decisions/021. */
export function homesMigration({ text }: DirectoryDialect): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('channels').addColumn('home', sql`${text}`).execute();
    },

    async down(db) {
      await db.schema.alterTable('channels').dropColumn('home').execute();
    },
  };
}
