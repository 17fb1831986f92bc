import type { ChannelChange, ChannelRecord, Role } from '../../platform/directory/port.ts';
import { MillraceError } from '../../platform/errors/error.ts';
import { timeOf } from '../wire/time.ts';
import { changeDirectory } from './channels.ts';
import type { CallContext, Caller } from './context.ts';
import { importAccess } from './import-access.ts';
import type { ImportedChannel, ImportedUser, ImportResult } from './import-items.ts';

/** Imported people are members of the workspace, or what the item says; one who is there already stays as they are. */
export async function importUser(
  context: CallContext,
  caller: Caller,
  item: ImportedUser,
  known: boolean,
): Promise<ImportResult> {
  const { user_id, name, email, deactivated } = item;
  if (known) return { status: 'exists', id: user_id };
  const role = roleBy(caller, item.role ?? 'member');
  await context.directory.provision({ workspace_id: caller.workspace_id, user_id, name, email, role, deactivated });
  return { status: 'created', id: user_id };
}

/** An admin makes no owners: what an owner alone may end, an owner alone begins. */
function roleBy(caller: Caller, role: Role): Role {
  return role === 'owner' && caller.role !== 'owner' ? 'admin' : role;
}

/** A channel keeps its id; a name that is taken gets `-imported`. One that is there already gets what it lacks. */
export async function importChannel(
  context: CallContext,
  caller: Caller,
  item: ImportedChannel,
): Promise<ImportResult> {
  const { workspace_id } = caller;
  const [known] = await context.directory.channelsById(workspace_id, [item.channel_id]);
  if (known) {
    if (!(await importAccess(context, caller, item.channel_id)))
      throw new MillraceError('not_found', 'channel_id: there is no such channel');
    await complete(context, caller, item, known);
    return { status: 'exists', id: item.channel_id };
  }
  const created_at = timeOf('created_at', item.created_at);
  const { creator_id: user_id, channel_type: type, channel_id, members, topic, archived, posting } = item;
  const create = (name: string): Promise<unknown> =>
    changeDirectory(context, caller, channel_id, (reply_to) =>
      context.directory.createChannel(
        {
          workspace_id,
          user_id,
          channel_id,
          name,
          type,
          members,
          created_at,
          topic,
          archived,
          posting,
          imported: true,
        },
        { actor_id: caller.user_id, reply_to, trace_id: caller.trace_id },
      ),
    );
  try {
    await create(item.name);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'conflict') throw error;
    await create(`${item.name}-imported`);
  }
  return { status: 'created', id: channel_id };
}

/** Members that it lacks, unless it is archived, for then it takes none; and what an import that ended early left undone. */
async function complete(
  context: CallContext,
  caller: Caller,
  item: ImportedChannel,
  known: ChannelRecord,
): Promise<void> {
  const { directory } = context;
  const { workspace_id, user_id: actor_id, trace_id } = caller;
  const { channel_id, members } = item;
  if (!known.archived)
    await changeDirectory(context, caller, channel_id, (reply_to) =>
      directory.addMembers(workspace_id, channel_id, members, { actor_id, reply_to, trace_id }),
    );
  const lacks = lackedBy(known, item);
  if (!lacks || !(await isUntouched(context, caller, channel_id))) return;
  await changeDirectory(context, caller, channel_id, (reply_to) =>
    directory.changeChannel(workspace_id, channel_id, lacks, { actor_id, reply_to, trace_id }),
  );
}

function lackedBy(known: ChannelRecord, { topic, archived, posting }: ImportedChannel): ChannelChange | undefined {
  if (known.topic !== '' || known.archived || known.posting !== 'everyone') return undefined;
  const changes = {
    ...(topic ? { topic } : {}),
    ...(archived ? { archived } : {}),
    ...(posting === 'managers' ? { posting } : {}),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
}

/** Whether it came by an import, and nobody has changed it since (as far back as audit records are kept). */
async function isUntouched({ directory }: CallContext, { workspace_id }: Caller, channel_id: string): Promise<boolean> {
  const [imported] = await directory.importedAmong(workspace_id, [channel_id]);
  if (imported === undefined) return false;
  const { items } = await directory.audit(workspace_id, { channel_id, action: 'channel.changed' }, { limit: 1 });
  return items.length === 0;
}
