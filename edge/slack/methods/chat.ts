import { randomUUID } from 'node:crypto';
import { createChannel } from '../../calls/channels.ts';
import { change, send } from '../../calls/messages.ts';
import { limits } from '../../limits.ts';
import type { Arguments } from '../arguments.ts';
import { SlackError } from '../errors.ts';
import { type Reading, readable, readableById, type SlackCall, type SlackMethod, said } from '../method.ts';
import { slackMessages } from '../shapes/message.ts';
import { fromSlack } from '../text.ts';
import { found } from './found.ts';

/** What would say something else, or to others, if it were left out. */
const refusedArguments: { [name: string]: string } = {
  attachments: 'is not supported: say it in text',
  markdown_text: 'is not supported: send text',
  metadata: 'is not supported',
  file_ids: 'is not supported: there are no files here',
  reply_broadcast: 'is not supported: a reply stays in its thread',
  link_names: 'is not supported: write <@USER> into text',
};
/** What is left out, and the answer says so. */
const ignoredArguments = ['blocks', 'username', 'icon_emoji', 'icon_url'];

export const chatMethods: SlackMethod[] = [
  {
    name: 'chat.postMessage',
    run: async (call) => {
      const { context, caller, args } = call;
      const text = textOf(args);
      const client_msg_id = args.text('client_msg_id') ?? randomUUID();
      if (client_msg_id.length > limits.client_msg_id_characters)
        throw new SlackError(
          'invalid_arguments',
          `client_msg_id: has more than ${limits.client_msg_id_characters} characters`,
        );
      const target = await targetOf(call, args.needed('channel'));
      const { channel_id, access } = target;
      const thread_ts = args.text('thread_ts');
      const root = thread_ts === undefined ? undefined : await found(call, target, thread_ts, 'thread_not_found');
      const request = { channel_id, text, client_msg_id, thread_id: root?.message_id };
      const { message } = await said(send(context, caller, request), access);
      return posted(call, target, message);
    },
  },
  {
    name: 'chat.update',
    run: async (call) => {
      const { context, caller, args } = call;
      const text = textOf(args);
      const channel = await readable(call);
      const { message_id } = await found(call, channel, args.needed('ts'));
      const { channel_id, access } = channel;
      const edit = change(context, caller, 'edit', { channel_id, message_id, text });
      const { message } = await said(edit, access, { forbidden: 'cant_update_message', conflict: 'message_not_found' });
      const answer = await posted(call, channel, message);
      return { ...answer, text: answer.message.text };
    },
  },
  {
    name: 'chat.delete',
    run: async (call) => {
      const { context, caller, args } = call;
      const { channel_id, access, ...rest } = await readable(call);
      const ts = args.needed('ts');
      const { message_id } = await found(call, { channel_id, access, ...rest }, ts);
      const work = change(context, caller, 'delete', { channel_id, message_id });
      await said(work, access, { forbidden: 'cant_delete_message' });
      return { channel: channel_id, ts };
    },
  },
];

/** The text of a message, as it is kept here. Errors: `no_text`, `msg_too_long`, `invalid_arguments` for what is not supported. */
function textOf(args: Arguments): string {
  for (const [name, why] of Object.entries(refusedArguments)) args.refuse(name, why);
  if (args.text('parse') === 'full') throw new SlackError('invalid_arguments', 'parse: full is not supported');
  const text = fromSlack(args.text('text') ?? '');
  if (text.trim() === '') {
    const why = args.has('blocks') ? 'blocks: are not shown here: send text beside them' : 'text: is missing or empty';
    throw new SlackError('no_text', why);
  }
  if (text.length > limits.text_code_points && [...text].length > limits.text_code_points)
    throw new SlackError('msg_too_long', `text: has more than ${limits.text_code_points} characters`);
  return text;
}

/**
 * Where to post: a channel by its id or name, or a person, whom Slack then writes to. Error: `channel_not_found`, in the same
 * words whether there is none or the caller may not know of it.
 */
async function targetOf(call: SlackCall, named: string): Promise<Reading> {
  const { context, caller } = call;
  const { workspace_id } = caller;
  let hidden: unknown;
  try {
    return await readableById(call, named);
  } catch (error) {
    hidden = error;
  }
  if (await context.directory.user({ workspace_id, user_id: named })) {
    const dm = await said(createChannel(context, caller, { type: 'dm', members: [named] }, undefined));
    return readableById(call, dm.channel.channel_id);
  }
  const byName = await context.directory.channelByName(workspace_id, named.replace(/^#/, ''));
  if (!byName) throw hidden;
  return readableById(call, byName.channel_id);
}

async function posted(
  { context: { store }, times, args }: SlackCall,
  { channel_id, id }: Reading,
  message: Awaited<ReturnType<typeof send>>['message'],
) {
  const [shown] = await slackMessages({ store, times }, id, [message]);
  const ignored = ignoredArguments.filter((name) => args.has(name));
  const warnings = ignored.map((name) => `${name}: is not supported, and was left out`);
  const more = warnings.length === 0 ? {} : { response_metadata: { warnings } };
  return { channel: channel_id, ts: shown!.ts, message: shown!, ...more };
}
