import type { Kysely, Migration } from 'kysely';
import type { Tables } from './tables.ts';

/** Ids that POST /v1/channels makes; imports bring their own. */
const madeHere = '________-____-4___-____-____________';

/** Which channels came by an import. Of those that are there already their ids tell. */
export const importedMigration: Migration = {
  async up(db) {
    await db.schema
      .alterTable('channels')
      .addColumn('imported', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await (db as Kysely<Tables>)
      .updateTable('channels')
      .set({ imported: 1 })
      .where('channel_id', 'not like', madeHere)
      .execute();
  },

  async down(db) {
    await db.schema.alterTable('channels').dropColumn('imported').execute();
  },
};
