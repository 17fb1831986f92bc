import { channelKey } from '../../platform/keys.ts';
import type { Input } from '../../runtime/processor.ts';
import type { ImportMessage, Message, MessageCommand, SendMessage, ThreadRoot } from '../../schemas/generated/types.ts';
import { decideCarried } from './carried.ts';
import { changeMessage } from './change.ts';
import { type Decision, eventOf, refused } from './decision.ts';
import { homeOf, madeOf } from './regions-head.ts';
import { counterOf, greater, inRegion, snowflake, successor } from './snowflake.ts';
import type { Sent, SequenceState } from './state.ts';

/** Decides a command. Changes no state: `fold` of the event does. */
export function decide(state: SequenceState, command: MessageCommand, at: Input, region?: number): Decision {
  const decision = decideBody(state, command, at, region);
  if (region === undefined || !('event' in decision)) return decision;
  const { event } = decision;
  return { event: { ...event, made: event.made ?? madeOf(state, command, region) } };
}

function decideBody(state: SequenceState, command: MessageCommand, at: Input, region?: number): Decision {
  const { body, carried } = command;
  if (carried) {
    if (region === undefined)
      return refused('invalid_request', 'carried: this deployment has no region: set MILLRACE_REGION');
    if (carried.rev > 0) return decideCarried(state, command, carried, at, region);
  }
  if ('SendMessage' in body) return send(state, command, body.SendMessage, at, region);
  if ('ImportMessage' in body) return importMessage(state, command, body.ImportMessage, at, region);
  if ('ChangeMessage' in body) return changeMessage(state, command, body.ChangeMessage, at, region);

  const { change_id, change_ids, change, channel } = body.DirectoryChange;
  // The outbox sends a row again after a crash, put together with others or not: each counts once.
  const known = state.head(command.workspace_id, command.channel_id).change_id;
  if (change_id <= known) return { outcome: { Applied: {} } };
  const user_ids = body.DirectoryChange.user_ids.filter((_, at) => (change_ids[at] ?? change_id) > known);
  // Where the channel's home is comes by the order of the home's own events.
  const told = body.DirectoryChange.region === null ? channel : channel && { ...channel, home: null };
  if (change !== 'channel')
    return eventOf(state, command, at, 0, () => ({ MembersChanged: { kind: change, user_ids, change_id } }));
  if (!told) return refused('invalid_request', 'a change of a channel lacks the channel');
  return eventOf(state, command, at, 0, () => ({ ChannelChanged: { channel: told, change_id } }));
}

function send(
  state: SequenceState,
  command: MessageCommand,
  body: SendMessage,
  at: Input,
  region: number | undefined,
): Decision {
  const channel = channelKey(command.workspace_id, command.channel_id);
  const sent = state.sent(channel, command.actor_id, body.client_msg_id);
  if (sent) return { outcome: { Unchanged: { message_id: sent.message_id, thread_id: sent.thread_id } } };
  if (region !== undefined) {
    const { region: home } = homeOf(state, command, region);
    if (home !== region) return { ...refused('unavailable', `the channel has its home in region ${home}`), home };
  }
  const id = nextId(state, command, at, region);
  return created(
    state,
    command,
    at,
    {
      user_id: command.actor_id,
      text: body.text,
      client_msg_id: body.client_msg_id,
      mentions: body.mentions,
      mentions_channel: body.mentions_channel,
      mentions_here: body.mentions_here,
      created_at: at.time,
      edited_at: null,
      reactions: [],
      imported: false,
    },
    id,
    body.root,
  );
}

function importMessage(
  state: SequenceState,
  command: MessageCommand,
  body: ImportMessage,
  at: Input,
  region: number | undefined,
): Decision {
  const channel = channelKey(command.workspace_id, command.channel_id);
  const known = state.sent(channel, '', body.client_msg_id);
  if (known) return { outcome: { Unchanged: { message_id: known.message_id, thread_id: known.thread_id } } };
  if (body.known_id !== null) return { outcome: { Unchanged: { message_id: body.known_id, thread_id: null } } };
  const home = region === undefined ? undefined : homeOf(state, command, region).region;
  if (home !== region)
    return refused('conflict', `channel_id: the channel has its home in region ${home}: import it there`);
  let root = body.root;
  if (body.thread_client_msg_id !== null) {
    const sentRoot = state.sent(channel, '', body.thread_client_msg_id);
    root = sentRoot ? rootOf(sentRoot) : root;
    if (!root)
      return refused('not_found', `thread_client_msg_id: no message here is known as ${body.thread_client_msg_id}`);
  }
  // An import's ids carry its own time, moved on where the channel is further. Their counter begins at a hash of the
  // channel, so that channels imported side by side rarely meet; within a channel ids never do.
  const head = state.head(command.workspace_id, command.channel_id);
  const own = snowflake(body.created_at, at.partition, hash12(channel));
  const last = BigInt(head.last_id);
  const free = own > last ? own : successor(last, at.partition);
  const id = region === undefined ? free : inRegion(free, at.partition, region);
  const content = { ...body, mentions_here: [], imported: true };
  return created(state, command, at, content, id, root);
}

type Content = Pick<
  Message,
  'user_id' | 'text' | 'client_msg_id' | 'mentions_here' | 'created_at' | 'edited_at' | 'reactions' | 'imported'
> & { mentions: string[]; mentions_channel: boolean };

function created(
  state: SequenceState,
  command: MessageCommand,
  at: Input,
  content: Content,
  id: bigint,
  root: ThreadRoot | null,
): Decision {
  const channel = channelKey(command.workspace_id, command.channel_id);
  const replies = root ? Math.max(root.reply_count, state.replies(channel, root.message_id)) + 1 : 0;
  return eventOf(state, command, at, root ? 0 : 1, (rev, seq) => ({
    MessageChanged: {
      kind: 'created',
      message: {
        message_id: id.toString(),
        seq: root ? root.seq : seq,
        rev,
        created_rev: rev,
        user_id: content.user_id,
        text: content.text,
        client_msg_id: content.client_msg_id,
        thread_id: root ? root.message_id : null,
        reply_count: 0,
        reactions: content.reactions,
        mentions: content.mentions.map((user_id) => ({ user_id, rev })),
        mentions_channel: content.mentions_channel ? rev : 0,
        mentions_here: content.mentions_here,
        reached: [],
        created_at: content.created_at,
        edited_at: content.edited_at,
        deleted: false,
        imported: content.imported,
        stamps: null,
      },
      emoji: '',
      root_reply_count: replies,
      unmentioned: [],
      unmentioned_channel: 0,
      previous: null,
      versions_gone: false,
    },
  }));
}

/** A live message's id: unique in the partition, and above all earlier ones of its channel. */
function nextId(
  state: SequenceState,
  command: MessageCommand,
  { time, partition }: Input,
  region: number | undefined,
): bigint {
  const head = state.head(command.workspace_id, command.channel_id);
  const last = greater(state.lastLiveId, BigInt(head.last_id));
  const own = snowflake(time, partition, 0);
  const free = own > last ? own : successor(last, partition);
  return region === undefined ? free : inRegion(free, partition, region);
}

function rootOf(sent: Sent): ThreadRoot {
  return { message_id: sent.thread_id ?? sent.message_id, seq: sent.seq, reply_count: 0 };
}

/** 0 to 4,095; FNV-1a. */
function hash12(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return counterOf(BigInt(hash >>> 0));
}
