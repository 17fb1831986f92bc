import { MillraceError } from '../../platform/errors/error.ts';
import { changeDirectory } from './channels.ts';
import type { CallContext, Caller } from './context.ts';
import type { ImportedChannel, ImportedUser, ImportResult } from './import-items.ts';

/** Imported people are members of the workspace; one who is there already stays as they are. */
export async function importUser(context: CallContext, caller: Caller, item: ImportedUser): Promise<ImportResult> {
  const person = { workspace_id: caller.workspace_id, user_id: item.user_id };
  if (await context.directory.user(person)) return { status: 'exists', id: item.user_id };
  await context.directory.provision({ ...person, name: item.name, email: item.email, role: 'member' });
  return { status: 'created', id: item.user_id };
}

/** A channel keeps its id; a name that is taken gets `-imported`. One that is there already gets the members it lacks. */
export async function importChannel(
  context: CallContext,
  caller: Caller,
  item: ImportedChannel,
): Promise<ImportResult> {
  const { workspace_id } = caller;
  const known = await context.directory.channelsById(workspace_id, [item.channel_id]);
  if (known.length > 0) {
    await changeDirectory(context, caller, (reply_to) =>
      context.directory.addMembers(workspace_id, item.channel_id, item.members, {
        actor_id: caller.user_id,
        reply_to,
        trace_id: caller.trace_id,
      }),
    );
    return { status: 'exists', id: item.channel_id };
  }
  const created_at = Date.parse(item.created_at);
  if (Number.isNaN(created_at)) throw new MillraceError('invalid_request', 'created_at: must be an RFC 3339 time');
  const create = (name: string): Promise<unknown> =>
    changeDirectory(context, caller, (reply_to) =>
      context.directory.createChannel(
        {
          workspace_id,
          user_id: item.creator_id,
          channel_id: item.channel_id,
          name,
          type: item.channel_type,
          members: item.members,
          created_at,
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
  // Past the channel's creation, for that is where a topic and an archive have their place in its story.
  if (item.topic) await change(context, caller, item.channel_id, { topic: item.topic });
  if (item.archived) await change(context, caller, item.channel_id, { archived: true });
  return { status: 'created', id: item.channel_id };
}

async function change(
  context: CallContext,
  caller: Caller,
  channelId: string,
  changes: { topic?: string; archived?: boolean },
): Promise<void> {
  await changeDirectory(context, caller, (reply_to) =>
    context.directory.changeChannel(caller.workspace_id, channelId, changes, {
      actor_id: caller.user_id,
      reply_to,
      trace_id: caller.trace_id,
    }),
  );
}
