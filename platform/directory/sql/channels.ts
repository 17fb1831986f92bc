import type { ChannelHome, Trim } from '../../../schemas/generated/types.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Person } from '../person.ts';
import type { Access, ChannelRecord } from '../port.ts';
import { checkLimit, decodeCursor, pageOf } from './cursor.ts';
import { nameKey } from './names.ts';
import type { Scope } from './scope.ts';
import type { ChannelRow } from './tables.ts';

export async function findChannel(
  scope: Scope,
  workspaceId: string,
  channelId: string,
): Promise<ChannelRecord | undefined> {
  const row = await scope.db
    .selectFrom('channels')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return row && channelOf(row);
}

export async function access(scope: Scope, person: Person, channelId: string): Promise<Access | undefined> {
  const row = await scope.db
    .selectFrom('channels')
    .leftJoin('members', (join) =>
      join
        .onRef('members.workspace_id', '=', 'channels.workspace_id')
        .onRef('members.channel_id', '=', 'channels.channel_id')
        .on('members.user_id', '=', person.user_id),
    )
    .selectAll('channels')
    .select('members.user_id as member')
    .where('channels.workspace_id', '=', person.workspace_id)
    .where('channels.channel_id', '=', channelId)
    .executeTakeFirst();
  return row && { channel: channelOf(row), member: row.member !== null };
}

export async function channelByName(
  scope: Scope,
  workspaceId: string,
  name: string,
): Promise<ChannelRecord | undefined> {
  const row = await scope.db
    .selectFrom('channels')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('unique_name', '=', nameKey(name))
    .executeTakeFirst();
  return row && channelOf(row);
}

export async function channelsById(scope: Scope, workspaceId: string, channelIds: string[]): Promise<ChannelRecord[]> {
  const listed = scope.db.selectFrom(scope.dialect.listed(channelIds).as('listed')).select('listed.id');
  const rows = await scope.db
    .selectFrom('channels')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', 'in', listed)
    .execute();
  return rows.map(channelOf);
}

export async function importedAmong(scope: Scope, workspaceId: string, channelIds: string[]): Promise<string[]> {
  const listed = scope.db.selectFrom(scope.dialect.listed(channelIds).as('listed')).select('listed.id');
  const rows = await scope.db
    .selectFrom('channels')
    .select('channel_id')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', 'in', listed)
    .where('imported', '=', 1)
    .execute();
  return rows.map((row) => row.channel_id);
}

export function listChannels(
  scope: Scope,
  person: Person,
  member: boolean,
  page: PageRequest,
): Promise<Page<ChannelRecord>> {
  const own = scope.db
    .selectFrom('members')
    .select('members.channel_id')
    .where('members.workspace_id', '=', person.workspace_id)
    .where('members.user_id', '=', person.user_id);
  const all = channelsOf(scope, person.workspace_id);
  return pageOfChannels(
    member ? 'own channels' : 'public channels',
    member
      ? all.where('channel_id', 'in', own)
      : all.where('type', '=', 'public').where('archived', '=', 0).where('channel_id', 'not in', own),
    page,
  );
}

export function everyChannel(scope: Scope, workspaceId: string, page: PageRequest): Promise<Page<ChannelRecord>> {
  return pageOfChannels('every channel', channelsOf(scope, workspaceId), page);
}

function channelsOf(scope: Scope, workspaceId: string) {
  return scope.db.selectFrom('channels').selectAll().where('workspace_id', '=', workspaceId);
}

/** By name, then id; `list` keeps one list's cursors out of another. */
async function pageOfChannels(
  list: string,
  query: ReturnType<typeof channelsOf>,
  page: PageRequest,
): Promise<Page<ChannelRecord>> {
  checkLimit(page.limit);
  const after = decodeCursor(list, 2, page.cursor);
  let from = query;
  if (after) {
    const [name, id] = after as [string, string];
    from = from
      .where('name_key', '>=', name)
      .where((on) => on.or([on('name_key', '>', name), on('channel_id', '>', id)]));
  }
  const rows = await from
    .orderBy('name_key')
    .orderBy('channel_id')
    .limit(page.limit + 1)
    .execute();
  return pageOf(list, page, rows, channelOf, (row) => [row.name_key, row.channel_id]);
}

export async function readableChannels(scope: Scope, person: Person, guest: boolean): Promise<string[]> {
  const own = scope.db
    .selectFrom('members')
    .select('channel_id')
    .where('workspace_id', '=', person.workspace_id)
    .where('user_id', '=', person.user_id);
  const open = scope.db
    .selectFrom('channels')
    .select('channel_id')
    .where('workspace_id', '=', person.workspace_id)
    .where('type', '=', 'public');
  const rows = await (guest ? own : own.union(open)).execute();
  return rows.map((row) => row.channel_id);
}

export function channelOf(row: ChannelRow): ChannelRecord {
  return {
    workspace_id: row.workspace_id,
    channel_id: row.channel_id,
    name: row.name,
    type: row.type,
    topic: row.topic,
    creator_id: row.creator_id,
    archived: row.archived !== 0,
    member_count: row.member_count,
    created_at: row.created_at,
    posting: row.posting,
    trim: trimOf(row.trim),
    home: homeOf(row.home),
  };
}

export function homeOf(text: string | null): ChannelHome | null {
  return text === null ? null : (JSON.parse(text) as ChannelHome);
}

export function trimOf(text: string | null): Trim | null {
  return text === null ? null : (JSON.parse(text) as Trim);
}
