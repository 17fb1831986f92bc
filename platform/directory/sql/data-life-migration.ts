import { type Migration, sql } from 'kysely';
import type { DirectoryDialect } from './dialect.ts';

/** How long messages are kept, what holds them, and who is erased: data-life-port.ts. */
export function dataLifeMigration({ text }: DirectoryDialect): Migration {
  return {
    async up(db) {
      await db.schema.alterTable('workspaces').addColumn('retention_days', 'integer').execute();
      await db.schema.alterTable('channels').addColumn('retention_days', 'integer').execute();
      await db.schema.alterTable('channels').addColumn('trim', sql`${text}`).execute();
      await db.schema
        .createTable('holds')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('hold_id', sql`${text}`, (column) => column.notNull())
        .addColumn('channel_id', sql`${text}`)
        .addColumn('user_id', sql`${text}`)
        .addColumn('reason', sql`${text}`, (column) => column.notNull())
        .addColumn('actor_id', sql`${text}`, (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('holds_key', ['workspace_id', 'hold_id'])
        .execute();
      await db.schema
        .createTable('erasures')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('person_hash', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`)
        .addColumn('requested_at', 'bigint', (column) => column.notNull())
        .addColumn('done_at', 'bigint')
        .addPrimaryKeyConstraint('erasures_key', ['workspace_id', 'person_hash'])
        .execute();
    },

    async down(db) {
      for (const table of ['erasures', 'holds']) await db.schema.dropTable(table).execute();
      await db.schema.alterTable('channels').dropColumn('trim').execute();
      await db.schema.alterTable('channels').dropColumn('retention_days').execute();
      await db.schema.alterTable('workspaces').dropColumn('retention_days').execute();
    },
  };
}
