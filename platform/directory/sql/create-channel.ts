import { MillraceError } from '../../errors/error.ts';
import type { ChangeRequest } from '../change-request.ts';
import type { ChannelRecord, MemberBounds, NewChannel } from '../port.ts';
import { writeAudit } from './audit.ts';
import { channelOf, findChannel } from './channels.ts';
import { checkBounds } from './member-bounds.ts';
import { dmKey, nameKey } from './names.ts';
import { type DirectoryStory, memberChanges, writeOutbox } from './outbox.ts';
import { inTransaction, type Scope } from './scope.ts';
import type { ChannelRow } from './tables.ts';
import { refuseErasing, requireUsers } from './users.ts';

export interface Created {
  channel: ChannelRecord;
  created: boolean;
  change_id: number | null;
}

/** The port's createChannel. Members go in by one statement, so that 100,000 of them take a second. */
export function createChannel(
  scope: Scope,
  wanted: NewChannel,
  request: ChangeRequest,
  most?: MemberBounds,
): Promise<Created> {
  const people = [...new Set([wanted.user_id, ...wanted.members])];
  const row: ChannelRow = {
    workspace_id: wanted.workspace_id,
    channel_id: wanted.channel_id,
    name: wanted.name,
    name_key: nameKey(wanted.name),
    unique_name: wanted.type === 'dm' ? null : nameKey(wanted.name),
    type: wanted.type,
    topic: wanted.topic ?? '',
    creator_id: wanted.user_id,
    archived: Number(wanted.archived ?? false),
    member_count: people.length,
    created_at: wanted.created_at,
    dm_key: wanted.type === 'dm' ? dmKey(people) : null,
    idempotency_key: wanted.idempotency_key ?? null,
    posting: wanted.posting ?? 'everyone',
    retention_days: null,
    trim: null,
    imported: wanted.imported ? 1 : 0,
    home: wanted.home ? JSON.stringify(wanted.home) : null,
  };
  return inTransaction(scope, async (tx) => {
    const made = await alreadyMade(tx, row);
    // An imported one has messages of its own, which the other must not lose or get.
    if (made && row.imported && row.channel_id !== made.channel_id) row.dm_key = null;
    else if (made) return { channel: made, created: false, change_id: null };
    await requireUsers(tx, row.workspace_id, people);
    // What another region has done is done: the next sweep takes them out again.
    if (request.region === undefined) await refuseErasing(tx, row.workspace_id, 'members', people);
    await requireFree(tx, row);
    await checkBounds(tx, row.workspace_id, people, people.length, most);
    await tx.db.insertInto('channels').values(row).execute();
    await tx.db
      .insertInto('members')
      .columns(['workspace_id', 'channel_id', 'user_id'])
      .expression(
        tx.db
          .selectFrom(tx.dialect.listed(people).as('listed'))
          .select((on) => [
            on.cast<string>(on.val(row.workspace_id), 'text').as('workspace_id'),
            on.cast<string>(on.val(row.channel_id), 'text').as('channel_id'),
            'listed.id as user_id',
          ]),
      )
      .execute();
    const change_id = await writeOutbox(tx, row, request, [...memberChanges('joined', people), ...storyOf(row)]);
    const { workspace_id, channel_id } = row;
    const { actor_id, trace_id } = request;
    const changes = [
      { field: 'type', before: '', after: row.type },
      { field: 'name', before: '', after: row.name },
    ];
    await writeAudit(tx, [
      { workspace_id, actor_id, trace_id, action: 'channel.created', channel_id, user_ids: people, changes },
    ]);
    return { channel: channelOf(row), created: true, change_id };
  });
}

/** Past the channel's creation, for that is where a topic and an archive have their place in its story. */
function storyOf(row: ChannelRow): DirectoryStory[] {
  const { workspace_id: _workspace, channel_id: _channel, ...story } = channelOf(row);
  const plain = story.topic === '' && !story.archived && story.posting === 'everyone';
  return plain ? [] : [{ change: 'channel', user_ids: [], channel: story }];
}

/** The channel of the same request, or the dm between the same people. */
async function alreadyMade(tx: Scope, wanted: ChannelRow): Promise<ChannelRecord | undefined> {
  const made = tx.db.selectFrom('channels').selectAll().where('workspace_id', '=', wanted.workspace_id);
  if (wanted.idempotency_key !== null) {
    const row = await made
      .where('creator_id', '=', wanted.creator_id)
      .where('idempotency_key', '=', wanted.idempotency_key)
      .executeTakeFirst();
    if (row) return channelOf(row);
  }
  if (wanted.dm_key !== null) {
    const row = await made.where('dm_key', '=', wanted.dm_key).executeTakeFirst();
    if (row) return channelOf(row);
  }
  return undefined;
}

async function requireFree(tx: Scope, wanted: ChannelRow): Promise<void> {
  if (await findChannel(tx, wanted.workspace_id, wanted.channel_id)) {
    throw new MillraceError('conflict', `channel_id: ${wanted.channel_id} exists already`);
  }
  if (wanted.unique_name !== null) await requireFreeName(tx, wanted.workspace_id, wanted.name);
}

/** Error: `conflict` where another channel has the name. */
export async function requireFreeName(tx: Scope, workspaceId: string, name: string): Promise<void> {
  const taken = await tx.db
    .selectFrom('channels')
    .select('channel_id')
    .where('workspace_id', '=', workspaceId)
    .where('unique_name', '=', nameKey(name))
    .executeTakeFirst();
  if (taken) throw new MillraceError('conflict', `name: ${name} is taken; choose another one`);
}
