import { MillraceError } from '../../platform/errors/error.ts';
import type { HistoryRequest } from '../../platform/messages/port.ts';
import type { Message, MessageChangeKind, ThreadRoot } from '../../schemas/generated/types.ts';
import type { Outcome } from '../gateway/requests.ts';
import { limits } from '../limits.ts';
import { allow, mayDelete } from '../policy.ts';
import { type WireMessage, wireMessage } from '../wire/message.ts';
import { command } from './command.ts';
import type { CallContext, Caller } from './context.ts';
import { membersAmong } from './members-among.ts';
import { doneTyping } from './presence.ts';
import { reachedBy, reachedByEdit } from './reached.ts';
import { repeated } from './repeats.ts';
import { checkEmoji, checkText, mentionedAmong, mentionsChannel, namedPeople } from './text.ts';

export interface SendRequest {
  channel_id: string;
  text: string;
  client_msg_id: string;
  thread_id?: string | null | undefined;
}

/** `created` is false for a repeat. */
export async function send(
  context: CallContext,
  caller: Caller,
  request: SendRequest,
): Promise<{ message: WireMessage; created: boolean }> {
  checkText(request.text);
  const access = await context.access.of(caller, request.channel_id);
  if (access?.member && access.channel.archived) {
    const message = await repeated(context, caller, request);
    if (message)
      return { message: wireMessage({ workspace_id: caller.workspace_id, ...request }, message), created: false };
  }
  const { home } = allow(request.thread_id ? 'reply' : 'send', access, caller).channel;
  doneTyping(caller, request.channel_id);
  const root = request.thread_id ? await threadRoot(context, caller, request.channel_id, request.thread_id) : null;
  const { mentions, mentions_channel, mentions_here } = request.text.includes('<')
    ? await addressed(context, caller, request.channel_id, request.text)
    : nobody;
  const body = {
    SendMessage: {
      text: request.text,
      client_msg_id: request.client_msg_id,
      root,
      mentions,
      mentions_channel,
      mentions_here,
    },
  };
  const outcome = await command(context, caller, request.channel_id, body, home);
  const message = messageIn(outcome) ?? (await unchanged(context, caller, request.channel_id, outcome));
  const channel = { workspace_id: caller.workspace_id, channel_id: request.channel_id };
  return { message: wireMessage(channel, message), created: 'event' in outcome };
}

const nobody = { mentions: [], mentions_channel: false, mentions_here: [] };

/** Whom a text addresses besides the channel's readers. */
async function addressed(context: CallContext, caller: Caller, channelId: string, text: string) {
  return {
    mentions: await mentionedMembers(context, caller, channelId, text),
    mentions_channel: mentionsChannel(text),
    mentions_here: await reachedBy(context, caller, channelId, text),
  };
}

export async function history(
  context: CallContext,
  caller: Caller,
  channelId: string,
  query: {
    limit?: number | undefined;
    before?: string | undefined;
    after?: string | undefined;
    around?: string | undefined;
  },
) {
  const { before, after, around } = query;
  if ([before, after, around].filter((bound) => bound !== undefined).length > 1) {
    throw new MillraceError('invalid_request', 'before, after, around: give one of them');
  }
  for (const [field, id] of Object.entries({ before, after, around })) if (id !== undefined) checkMessageId(field, id);
  allow('read', await context.access.of(caller, channelId), caller);
  const channel = { workspace_id: caller.workspace_id, channel_id: channelId };
  const limit = query.limit ?? limits.page_default;
  const request: HistoryRequest =
    before !== undefined
      ? { before, limit }
      : after !== undefined
        ? { after, limit }
        : around !== undefined
          ? { around, limit }
          : { newest: true, limit };
  const { messages, has_more_before, has_more_after, head } = await context.store.history(channel, request);
  return { messages: messages.map((message) => wireMessage(channel, message)), has_more_before, has_more_after, head };
}

export interface ChangeRequest {
  channel_id: string;
  message_id: string;
  text?: string;
  emoji?: string;
}

/** An edit, a deletion, a reaction or its end. */
export async function change(
  context: CallContext,
  caller: Caller,
  kind: MessageChangeKind,
  request: ChangeRequest,
): Promise<{ message: WireMessage }> {
  const { channel_id, message_id, text = '', emoji = '' } = request;
  if (kind === 'edit') checkText(text);
  if (kind === 'react' || kind === 'unreact') checkEmoji(emoji);
  const act = kind === 'delete' || kind === 'edit' ? kind : 'react';
  const access = allow(act, await context.access.of(caller, channel_id), caller);
  const message = await storedMessage(context, caller, channel_id, message_id);
  if (kind === 'edit' && message.user_id !== caller.user_id)
    throw new MillraceError('forbidden', 'only its author edits a message');
  if (kind === 'delete' && !mayDelete(access, caller, message.user_id)) {
    throw new MillraceError(
      'forbidden',
      'a message is deleted by its author, the channel’s creator, an admin or an owner',
    );
  }
  const none = { reached: [], unreached: [] };
  const outcome = await command(context, caller, channel_id, {
    ChangeMessage: {
      change: kind,
      message,
      text,
      mentions: kind === 'edit' ? await mentionedMembers(context, caller, channel_id, text) : [],
      mentions_channel: kind === 'edit' && mentionsChannel(text),
      ...(kind === 'edit' ? await reachedByEdit(context, caller, channel_id, message, text) : none),
      emoji,
      stamp: 0,
      erased: '',
      versions: false,
    },
  });
  const changed = messageIn(outcome) ?? (await unchanged(context, caller, channel_id, outcome));
  return { message: wireMessage({ workspace_id: caller.workspace_id, channel_id }, changed) };
}

/** The members whom a text names. */
async function mentionedMembers(
  context: CallContext,
  caller: Caller,
  channelId: string,
  text: string,
): Promise<string[]> {
  return mentionedAmong(text, new Set(await membersAmong(context, caller, channelId, namedPeople(text))));
}

async function threadRoot(
  context: CallContext,
  caller: Caller,
  channelId: string,
  threadId: string,
): Promise<ThreadRoot> {
  const found = await storedMessage(context, caller, channelId, threadId, 'thread_id');
  const root =
    found.thread_id === null ? found : await storedMessage(context, caller, channelId, found.thread_id, 'thread_id');
  return { message_id: root.message_id, seq: root.seq, reply_count: root.reply_count };
}

export async function storedMessage(
  context: CallContext,
  caller: Caller,
  channelId: string,
  messageId: string,
  field = 'message_id',
): Promise<Message> {
  const message = await context.store.message({ workspace_id: caller.workspace_id, channel_id: channelId }, messageId);
  if (!message) throw noMessage(field);
  return message;
}

function messageIn(outcome: Outcome): Message | undefined {
  return 'event' in outcome && 'MessageChanged' in outcome.event.body
    ? outcome.event.body.MessageChanged.message
    : undefined;
}

/** The message that a command left as it is. */
async function unchanged(context: CallContext, caller: Caller, channelId: string, outcome: Outcome): Promise<Message> {
  if ('unchanged' in outcome) return storedMessage(context, caller, channelId, outcome.unchanged.message_id);
  throw new MillraceError('internal', 'the log answered a message’s command with something else');
}

export function noMessage(field = 'message_id'): MillraceError {
  return new MillraceError('not_found', `${field}: there is no such message in this channel`);
}

export function checkMessageId(field: string, id: string): void {
  if (!/^\d{1,19}$/.test(id)) throw new MillraceError('invalid_request', `${field}: must be a message id`);
}
