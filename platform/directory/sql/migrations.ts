import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from 'kysely';
import { MillraceError } from '../../errors/error.ts';
import { dataLifeMigration } from './data-life-migration.ts';
import type { DirectoryDialect } from './dialect.ts';
import { homesMigration } from './homes-migration.ts';
import { importedMigration } from './imported-migration.ts';
import { pushMigration } from './push-migration.ts';
import type { Tables } from './tables.ts';

/** Every migration by name, in order. A migration that was released is never changed: add the next one. */
export function migrations(dialect: DirectoryDialect): { [name: string]: Migration } {
  return {
    '0001_directory': directory(dialect),
    '0002_audit_and_posting': auditAndPosting(dialect),
    '0003_groups': groups(dialect),
    '0004_push': pushMigration(dialect),
    '0005_imported': importedMigration,
    '0006_data_life': dataLifeMigration(dialect),
    '0007_homes': homesMigration(dialect),
  };
}

/**
 * Brings the tables to this version. Error: `unavailable` when that fails, or when a newer version has been here.
 */
export async function migrate(database: Kysely<Tables>, dialect: DirectoryDialect): Promise<void> {
  const { error } = await migrator(database, dialect).migrateToLatest();
  if (error === undefined) return;
  const known = dialect.asUnavailable(error);
  if (known) throw known;
  const text = error instanceof Error ? error.message : String(error);
  // Kysely says so when the database holds a migration that this code doesn't know.
  const newer = /previously executed migration .* is missing/.test(text);
  throw new MillraceError(
    'unavailable',
    newer
      ? `the directory was written by a newer version of Millrace (${text}): run that version, or go back to a backup`
      : `the directory's tables can't be brought to this version: ${text}`,
    { cause: error },
  );
}

export function migrator(database: Kysely<Tables>, dialect: DirectoryDialect): Migrator {
  const provider: MigrationProvider = { getMigrations: async () => migrations(dialect) };
  return new Migrator({ db: database, provider });
}

function directory({ text }: DirectoryDialect): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('workspaces')
        .addColumn('workspace_id', sql`${text}`, (column) => column.primaryKey())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();

      await db.schema
        .createTable('users')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`, (column) => column.notNull())
        .addColumn('id_key', sql`${text}`, (column) => column.notNull())
        .addColumn('name', sql`${text}`, (column) => column.notNull())
        .addColumn('name_key', sql`${text}`, (column) => column.notNull())
        .addColumn('email', sql`${text}`)
        .addColumn('role', sql`${text}`, (column) => column.notNull())
        .addColumn('deactivated', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('users_key', ['workspace_id', 'user_id'])
        .execute();
      await db.schema
        .createIndex('users_by_name')
        .on('users')
        .columns(['workspace_id', 'name_key', 'user_id'])
        .execute();
      await db.schema.createIndex('users_by_id').on('users').columns(['workspace_id', 'id_key']).execute();

      await db.schema
        .createTable('channels')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('channel_id', sql`${text}`, (column) => column.notNull())
        .addColumn('name', sql`${text}`, (column) => column.notNull())
        .addColumn('name_key', sql`${text}`, (column) => column.notNull())
        .addColumn('unique_name', sql`${text}`)
        .addColumn('type', sql`${text}`, (column) => column.notNull())
        .addColumn('topic', sql`${text}`, (column) => column.notNull())
        .addColumn('creator_id', sql`${text}`, (column) => column.notNull())
        .addColumn('archived', 'integer', (column) => column.notNull())
        .addColumn('member_count', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('dm_key', sql`${text}`)
        .addColumn('idempotency_key', sql`${text}`)
        .addPrimaryKeyConstraint('channels_key', ['workspace_id', 'channel_id'])
        .addUniqueConstraint('channels_name', ['workspace_id', 'unique_name'])
        .addUniqueConstraint('channels_dm', ['workspace_id', 'dm_key'])
        .addUniqueConstraint('channels_request', ['workspace_id', 'creator_id', 'idempotency_key'])
        .execute();
      await db.schema
        .createIndex('channels_public')
        .on('channels')
        .columns(['workspace_id', 'type', 'archived', 'name_key', 'channel_id'])
        .execute();

      await db.schema
        .createTable('members')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('channel_id', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`, (column) => column.notNull())
        .addPrimaryKeyConstraint('members_key', ['workspace_id', 'channel_id', 'user_id'])
        .execute();
      await db.schema
        .createIndex('members_by_user')
        .on('members')
        .columns(['workspace_id', 'user_id', 'channel_id'])
        .execute();

      await db.schema
        .createTable('outbox')
        .addColumn('change_id', 'bigint', (column) => column.primaryKey())
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('channel_id', sql`${text}`, (column) => column.notNull())
        .addColumn('actor_id', sql`${text}`, (column) => column.notNull())
        .addColumn('reply_to', sql`${text}`)
        .addColumn('trace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('change', sql`${text}`, (column) => column.notNull())
        .execute();

      await db.schema
        .createTable('counters')
        .addColumn('name', sql`${text}`, (column) => column.primaryKey())
        .addColumn('value', 'bigint', (column) => column.notNull())
        .execute();
      await (db as Kysely<Tables>).insertInto('counters').values({ name: 'change_id', value: 0 }).execute();
    },

    async down(db) {
      for (const table of ['counters', 'outbox', 'members', 'channels', 'users', 'workspaces']) {
        await db.schema.dropTable(table).execute();
      }
    },
  };
}

function auditAndPosting({ text }: DirectoryDialect): Migration {
  return {
    async up(db) {
      await db.schema
        .alterTable('channels')
        .addColumn('posting', sql`${text}`, (column) => column.notNull().defaultTo('everyone'))
        .execute();
      await db.schema
        .createTable('audit')
        .addColumn('audit_id', 'bigint', (column) => column.primaryKey())
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('time', 'bigint', (column) => column.notNull())
        .addColumn('actor_id', sql`${text}`, (column) => column.notNull())
        .addColumn('action', sql`${text}`, (column) => column.notNull())
        .addColumn('channel_id', sql`${text}`)
        .addColumn('entry', sql`${text}`, (column) => column.notNull())
        .execute();
      await db.schema.createIndex('audit_by_workspace').on('audit').columns(['workspace_id', 'audit_id']).execute();
      await db.schema.createIndex('audit_by_time').on('audit').columns(['time']).execute();
      await db.schema
        .createTable('audit_outbox')
        .addColumn('audit_id', 'bigint', (column) => column.primaryKey())
        .execute();
      await (db as Kysely<Tables>).insertInto('counters').values({ name: 'audit_id', value: 0 }).execute();
    },

    async down(db) {
      await (db as Kysely<Tables>).deleteFrom('counters').where('name', '=', 'audit_id').execute();
      await db.schema.dropTable('audit_outbox').execute();
      await db.schema.dropTable('audit').execute();
      await db.schema.alterTable('channels').dropColumn('posting').execute();
    },
  };
}

function groups({ text }: DirectoryDialect): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('groups')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('group_id', sql`${text}`, (column) => column.notNull())
        .addColumn('name', sql`${text}`, (column) => column.notNull())
        .addColumn('name_key', sql`${text}`, (column) => column.notNull())
        .addColumn('member_count', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('groups_key', ['workspace_id', 'group_id'])
        .execute();
      await db.schema
        .createIndex('groups_by_name')
        .on('groups')
        .columns(['workspace_id', 'name_key', 'group_id'])
        .execute();
      await db.schema
        .createTable('group_members')
        .addColumn('workspace_id', sql`${text}`, (column) => column.notNull())
        .addColumn('group_id', sql`${text}`, (column) => column.notNull())
        .addColumn('user_id', sql`${text}`, (column) => column.notNull())
        .addPrimaryKeyConstraint('group_members_key', ['workspace_id', 'group_id', 'user_id'])
        .execute();
    },

    async down(db) {
      await db.schema.dropTable('group_members').execute();
      await db.schema.dropTable('groups').execute();
    },
  };
}
