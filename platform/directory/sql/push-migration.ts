import { type Migration, sql } from 'kysely';
import type { DirectoryDialect } from './dialect.ts';

/** What says where, when and what may push: push-port.ts. */
export function pushMigration({ text }: DirectoryDialect): Migration {
  return {
    async up(db) {
      await db.schema
        .alterTable('workspaces')
        .addColumn('push_bodies', sql`${text}`, (column) => column.notNull().defaultTo('shown'))
        .execute();
      await db.schema
        .createTable('devices')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`, (column) => column.notNull())
        .addColumn('platform', sql`${text}`, (column) => column.notNull())
        .addColumn('token', sql`${text}`, (column) => column.notNull())
        .addColumn('number', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('devices_key', ['workspace_id', 'token'])
        .execute();
      await db.schema
        .createIndex('devices_by_user')
        .on('devices')
        .columns(['workspace_id', 'user_id', 'number'])
        .execute();
      await db.schema
        .createTable('push_levels')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('channel_id', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`, (column) => column.notNull())
        .addColumn('level', sql`${text}`, (column) => column.notNull())
        .addPrimaryKeyConstraint('push_levels_key', ['workspace_id', 'channel_id', 'user_id'])
        .execute();
      await db.schema
        .createTable('quiet_hours')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`, (column) => column.notNull())
        .addColumn('zone', sql`${text}`, (column) => column.notNull())
        .addColumn('from_minute', 'integer', (column) => column.notNull())
        .addColumn('to_minute', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('quiet_hours_key', ['workspace_id', 'user_id'])
        .execute();
    },

    async down(db) {
      for (const table of ['quiet_hours', 'push_levels', 'devices']) await db.schema.dropTable(table).execute();
      await db.schema.alterTable('workspaces').dropColumn('push_bodies').execute();
    },
  };
}
