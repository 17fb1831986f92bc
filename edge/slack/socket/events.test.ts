import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChannelRecord, Role } from '../../../platform/directory/port.ts';
import { snowflake } from '../../../processors/sequence/snowflake.ts';
import type { Message, MessageEvent } from '../../../schemas/generated/types.ts';
import { messageFrame } from '../../wire/message.ts';
import { MessageTimes } from '../message-times.ts';
import { type Listener, slackEvents } from './events.ts';
import { type Happening, happeningOf, happeningOfFrame } from './happening.ts';

const channel = { workspace_id: 'w', channel_id: 'C1' };
const at = Date.UTC(2026, 10, 25);
const seconds = at / 1000;

function message(counter: number, more: Partial<Message> = {}): Message {
  return {
    message_id: snowflake(at, 0, counter).toString(),
    ...{ seq: 1, rev: 5, created_rev: 5, user_id: 'alice', text: 'hi <@bot>', client_msg_id: 'x', thread_id: null },
    ...{
      reply_count: 0,
      reactions: [],
      mentions: [{ user_id: 'bot', rev: 5 }],
      mentions_channel: 0,
      mentions_here: [],
      reached: [],
    },
    ...{ created_at: at, edited_at: null, deleted: false, imported: false, stamps: null },
    ...more,
  };
}

function event(changed: { kind: string; message: Message; [field: string]: unknown }): MessageEvent {
  const defaults = { emoji: '', root_reply_count: 0, unmentioned: [], unmentioned_channel: 0, previous: null };
  const body = { MessageChanged: { ...defaults, ...changed } };
  return { ...channel, rev: 5, seq: 1, time: at, actor_id: 'alice', body } as unknown as MessageEvent;
}

async function told(
  happening: Happening | undefined,
  {
    role = 'member',
    type = 'public',
    stored = [] as Message[],
  }: { role?: Role; type?: string; stored?: Message[] } = {},
) {
  const store = {
    identities: async (_: object, ids: string[]) =>
      ids.map((id) => stored.find((one) => one.imported && one.client_msg_id === id)),
    message: async () => undefined,
    messages: async (_: object, ids: string[]) => stored.filter(({ message_id }) => ids.includes(message_id)),
  };
  const record = { ...channel, type, member_count: 2 } as unknown as ChannelRecord;
  const ports = {
    context: { store, directory: { channelsById: async () => [record] } } as never,
    times: new MessageTimes(store, 8, false),
  };
  const bot: Listener = { workspace_id: 'w', user_id: 'bot', role };
  return happening ? slackEvents(ports, bot, happening) : [];
}

describe('what an app is told', () => {
  it('of a new message that names it: the message, and the mention', async () => {
    const events = await told(happeningOf(event({ kind: 'created', message: message(0) })));
    assert.deepEqual(
      events.map(({ type, user, text, ts, channel_type, event_ts }) => [type, user, text, ts, channel_type, event_ts]),
      [
        ['message', 'alice', 'hi <@bot>', `${seconds}.000000`, 'channel', `${seconds}.000000`],
        ['app_mention', 'alice', 'hi <@bot>', `${seconds}.000000`, undefined, `${seconds}.000000`],
      ],
    );
  });

  it('of a direct message, and of its own: the message alone', async () => {
    const created = happeningOf(event({ kind: 'created', message: message(0) }));
    const [direct, ...none] = await told(created, { type: 'dm' });
    assert.deepEqual([direct!['channel_type'], none], ['im', []]);
    const own = happeningOf(event({ kind: 'created', message: message(0, { user_id: 'bot' }) }));
    assert.deepEqual(
      (await told(own)).map(({ type }) => type),
      ['message'],
    );
  });

  it('of a reply: its thread, by the ts that an imported root had in Slack', async () => {
    const root = message(7, { imported: true, client_msg_id: 'slack:C1:1499999999.000123', user_id: 'carol' });
    const reply = message(9, { thread_id: root.message_id, text: 'so', mentions: [] });
    const [said] = await told(happeningOf(event({ kind: 'created', message: reply })), { stored: [root] });
    assert.deepEqual([said!['thread_ts'], said!['parent_user_id']], ['1499999999.000123', 'carol']);
  });

  it('of an edit: the text before it, where it may read that', async () => {
    const previous = { rev: 1, text: 'a < b', time: at };
    const edited = message(0, { text: 'better', edited_at: at });
    const happening = happeningOf(event({ kind: 'edited', message: edited, previous }));
    const textOf = async (role: Role) => {
      const [changed, ...none] = await told(happening, { role });
      assert.deepEqual(none, [], 'an edit mentions nobody');
      assert.equal((changed!['message'] as { text: string }).text, 'better');
      return (changed!['previous_message'] as { text?: string }).text;
    };
    assert.equal(await textOf('admin'), 'a &lt; b');
    assert.equal(await textOf('member'), undefined);
  });

  it('of a deletion: which message it was, without a text', async () => {
    const gone = message(3, { text: '', deleted: true });
    const [deleted] = await told(happeningOf(event({ kind: 'deleted', message: gone })), { role: 'owner' });
    assert.equal(deleted!['subtype'], 'message_deleted');
    assert.equal(deleted!['deleted_ts'], `${seconds}.000003`);
    const { text, user } = deleted!['previous_message'] as { text?: string; user: string };
    assert.deepEqual([text, user], [undefined, 'alice']);
  });

  it('of a reaction: which one, whose, and on what; but not where only the message is known', async () => {
    const [added] = await told(happeningOf(event({ kind: 'reaction_added', message: message(0), emoji: 'tada' })));
    assert.deepEqual(
      [added!.type, added!['reaction'], added!['user'], added!['item_user']],
      [...['reaction_added', 'tada', 'alice', 'alice']],
    );
    assert.equal(happeningOfFrame(messageFrame(channel, 5, 'reaction_added', message(0))), undefined);
  });

  it('of people who come and go: each of them', async () => {
    const body = { MembersChanged: { kind: 'joined', user_ids: ['a', 'b'], change_id: 1 } };
    const joined = happeningOf({ ...event({ kind: 'created', message: message(0) }), body } as unknown as MessageEvent);
    const events = await told(joined, { type: 'private' });
    assert.deepEqual(
      events.map(({ type, user, channel_type }) => [type, user, channel_type]),
      ['a', 'b'].map((user) => ['member_joined_channel', user, 'G']),
    );
  });

  it('of imports nothing, live or read back', async () => {
    const imported = message(7, { imported: true, client_msg_id: 'slack:C1:1499999999.000123' });
    assert.deepEqual(await told(happeningOf(event({ kind: 'created', message: imported }))), []);
    const frame = happeningOfFrame(messageFrame(channel, 5, 'created', imported));
    assert.deepEqual(await told(frame, { stored: [imported] }), []);
    assert.equal((await told(happeningOfFrame(messageFrame(channel, 5, 'created', message(1))))).length, 2);
  });

  it('of frames that are no events nothing', () => {
    for (const frame of ['{"type":"typing","user_id":"a","channel_id":"C1"}', '{"type":"hello"}'])
      assert.equal(happeningOfFrame(frame), undefined);
  });
});
