import { drive } from '../../runtime/testing/driver.ts';
import type { Given } from '../../runtime/testing/given.ts';
import type { Plans } from '../../runtime/topology/plan.ts';
import type {
  ChangeMessage,
  Message,
  MessageCommand,
  MessageEvent,
  ReadCommand,
  SendMessage,
} from '../../schemas/generated/types.ts';

/** Something of everything that the topologies do, the same for each run. */
export interface Workload {
  /** For `messages`: sends, repeats, replies, changes, refusals, joins, an import, in two channels. */
  commands: Given[];
  /** For `read-markers`, out of order. */
  reads: Given[];
}

let requests = 0;

function command(channel_id: string, actor_id: string, body: MessageCommand['body']): Given {
  const reply_to = { gateway: '0', epoch: 1, request: ++requests };
  const value: MessageCommand = {
    workspace_id: 'w',
    channel_id,
    actor_id,
    reply_to,
    trace_id: '',
    carried: null,
    home: null,
    body,
  };
  return { topic: 'message_commands', schema: 'MessageCommand', value };
}

function send(channel: string, user: string, id: string, more: Partial<SendMessage> = {}): Given {
  const all = { mentions: [], mentions_channel: false, mentions_here: [], root: null };
  return command(channel, user, { SendMessage: { text: `${user} says ${id}`, client_msg_id: id, ...all, ...more } });
}

function change(message: Message, user: string, change: ChangeMessage['change'], more: Partial<ChangeMessage>): Given {
  const nothing = {
    text: '',
    mentions: [],
    mentions_channel: false,
    emoji: '',
    stamp: 0,
    erased: '',
    versions: false,
    reached: [],
    unreached: [],
  };
  const body = { change, message, ...nothing, ...more };
  return command('a', user, { ChangeMessage: body });
}

/** `more`: so many plain sends besides. */
export async function makeWorkload(plans: Plans, more = 0): Promise<Workload> {
  requests = 0;
  const people = { user_ids: ['bob', 'eve'], change_ids: [], channel: null, region: null };
  const joined = { DirectoryChange: { change_id: 1, change: 'joined' as const, ...people } };
  const first = [
    send('a', 'alice', '1', { mentions: ['bob'], mentions_channel: true }),
    send('b', 'alice', '1'),
    send('a', 'bob', '1'),
    send('a', 'alice', '1'),
    command('a', 'alice', joined),
    command('a', 'alice', joined),
    send('b', 'bob', '2'),
  ];
  // What an edge would have read of them from the store.
  const run = await drive(plans, 'messages');
  await run.give(first);
  await run.stop();
  const messages = run.outputs('events').flatMap(({ value }) => {
    const { body } = value as MessageEvent;
    return 'MessageChanged' in body ? [body.MessageChanged.message] : [];
  });
  const [one, , two] = messages as [Message, Message, Message];
  const root = { message_id: one.message_id, seq: one.seq, reply_count: 0 };
  const imported = {
    user_id: 'zoe',
    text: 'of old',
    created_at: 1,
    mentions: [],
    mentions_channel: false,
    reactions: [],
  };
  const origin = { thread_client_msg_id: null, known_id: null, edited_at: null, root: null, client_msg_id: 'slack:1' };
  const commands = [
    ...first,
    send('a', 'eve', '3', { root }),
    change(one, 'alice', 'edit', { text: 'otherwise', mentions: ['eve'] }),
    send('a', 'bob', '4', { root }),
    change(two, 'alice', 'react', { emoji: 'tada' }),
    change(two, 'alice', 'react', { emoji: 'tada' }),
    change(two, 'eve', 'react', { emoji: 'tada' }),
    change(two, 'alice', 'unreact', { emoji: 'tada' }),
    change(one, 'alice', 'delete', {}),
    change(one, 'alice', 'edit', { text: 'too late' }),
    command('b', 'admin', { ImportMessage: { ...imported, ...origin } }),
    command('b', 'admin', { ImportMessage: { ...imported, ...origin } }),
    command('a', 'alice', {
      DirectoryChange: { change_id: 2, change: 'left', user_ids: ['eve'], change_ids: [], channel: null, region: null },
    }),
    send('b', 'alice', '5'),
    send('b', 'bob', '2'),
    ...Array.from({ length: more }, (_, i) => send(i % 3 === 0 ? 'b' : 'a', 'bob', `more ${i}`)),
  ];
  return { commands, reads: [read('bob', 4), read('bob', 2), read('eve', 3), read('bob', 4), read('bob', 1, 1)] };
}

function read(user_id: string, seq: number, epoch = 0): Given {
  const marker = { epoch, last_read_seq: seq, last_read_rev: seq * 2, since_rev: 0 };
  const reply_to = { gateway: '1', epoch: 1, request: ++requests };
  const value: ReadCommand = { workspace_id: 'w', user_id, channel_id: 'a', marker, reply_to, region: null };
  return { topic: 'read_commands', schema: 'ReadCommand', value };
}
