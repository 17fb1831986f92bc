import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { App, LogLevel } from '@slack/bolt';
import { eventually } from './support/eventually.ts';
import { call, type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { quiet } from './support/slack.ts';

/** An event as a listener of Bolt's gets it. */
interface Heard {
  type: string;
  subtype?: string;
  user?: string;
  text?: string;
  ts?: string;
  channel?: string;
  channel_type?: string;
  deleted_ts?: string;
  reaction?: string;
  item?: { channel: string; ts: string };
  item_user?: string;
  message?: { text: string; ts: string };
  previous_message?: { text: string; ts: string };
  thread_ts?: string;
}

/** The published @slack/bolt, unchanged but for the address, in Socket Mode. */
describe('a Bolt app in Socket Mode', () => {
  let server: Server;
  let alice: Person;
  let bot: Person;
  let channel: string;
  let app: App;
  const heard: Heard[] = [];

  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice');
    bot = await person('bot');
    channel = await alice.makes('public', 'general', [bot]);
    app = newApp(bot);
    app.event('app_mention', async ({ event, say }) => {
      await say({ text: `Hello <@${event.user}>, you said: ${event.text}`, thread_ts: event.ts });
    });
    for (const type of [
      'message',
      'app_mention',
      'reaction_added',
      'reaction_removed',
      'member_joined_channel',
      'member_left_channel',
    ])
      app.event(type, async ({ event }) => {
        heard.push(event as Heard);
      });
    await app.start();
  });
  after(async () => {
    await app.stop();
    await server.stop();
  });

  function newApp(whose: Person): App {
    return new App({
      token: whose.token,
      appToken: whose.token,
      socketMode: true,
      clientOptions: { slackApiUrl: `${server.url}/api/` },
      logger: quiet,
      logLevel: LogLevel.ERROR,
    });
  }

  const history = async () => (await alice.get(`/v1/channels/${channel}/messages?limit=200`)).body.messages;
  const answersTo = async (message_id: string) =>
    (await alice.get(`/v1/channels/${channel}/messages/${message_id}/thread`)).body.messages.slice(1);
  const next = <Found>(find: (event: Heard) => Found | undefined | false): Promise<Found> =>
    eventually(() => {
      for (const event of heard) {
        const found = find(event);
        if (found) return found;
      }
      assert.fail(`not heard: ${JSON.stringify(heard)}`);
    }, 10_000);

  it('answers a mention in its thread, once', async () => {
    const { message_id } = await alice.say(channel, 'hi <@bot> & <b>');
    await eventually(async () => assert.equal((await answersTo(message_id)).length, 1), 10_000);
    const [answer] = await answersTo(message_id);
    assert.equal(answer!.user_id, 'bot');
    assert.equal(answer!.text, 'Hello <@alice>, you said: hi <@bot> & <b>');
    assert.deepEqual(answer!.mentions, ['alice', 'bot']);
    const mention = await next((event) => event.type === 'app_mention' && event);
    assert.deepEqual([mention.user, mention.channel, mention.text], ['alice', channel, 'hi <@bot> &amp; &lt;b&gt;']);
  });

  it('hears of messages, their changes and deletions, reactions and members', async () => {
    const { message_id } = await alice.say(channel, 'first words');
    const said = await next((event) => event.text === 'first words' && event);
    assert.deepEqual(
      [said.type, said.subtype, said.user, said.channel_type],
      ['message', undefined, 'alice', 'channel'],
    );
    const path = `/v1/channels/${channel}/messages/${message_id}`;
    await alice.patch(path, { text: 'second words' });
    const changed = await next((event) => event.subtype === 'message_changed' && event);
    assert.deepEqual([changed.message!.text, changed.message!.ts], ['second words', said.ts]);
    assert.equal(changed.previous_message!.ts, said.ts);
    assert.equal(changed.previous_message!.text, undefined, 'earlier texts are for authors and admins');
    await alice.put(`${path}/reactions/thumbsup`);
    const added = await next((event) => event.type === 'reaction_added' && event);
    const item = { type: 'message', channel, ts: said.ts };
    assert.deepEqual([added.user, added.reaction, added.item, added.item_user], ['alice', 'thumbsup', item, 'alice']);
    await alice.delete(`${path}/reactions/thumbsup`);
    const removed = await next((event) => event.type === 'reaction_removed' && event);
    assert.deepEqual([removed.reaction, removed.item], ['thumbsup', item]);
    await alice.delete(path);
    const deleted = await next((event) => event.subtype === 'message_deleted' && event);
    assert.equal(deleted.deleted_ts, said.ts);
    assert.ok(!JSON.stringify(deleted).includes('words'), 'a deleted text comes back nowhere');

    const { person } = workspace(server, alice.workspace);
    const carol = await person('carol');
    await carol.put(`/v1/channels/${channel}/members/carol`);
    const joined = await next((event) => event.type === 'member_joined_channel' && event);
    assert.deepEqual([joined.user, joined.channel], ['carol', channel]);
    await carol.delete(`/v1/channels/${channel}/members/carol`);
    const left = await next((event) => event.type === 'member_left_channel' && event);
    assert.deepEqual([left.user, left.channel], ['carol', channel]);
  });

  it('hears of channels that it is added to, and nothing of others, nor of imports', async () => {
    const hidden = await alice.makes('private', 'hidden');
    await alice.say(hidden, 'before it came');
    await alice.put(`/v1/channels/${hidden}/members/bot`);
    await alice.say(hidden, 'after it came');
    const said = await next((event) => event.text === 'after it came' && event);
    assert.equal(said.channel_type, 'group');
    assert.ok(
      heard.some((event) => event.type === 'member_joined_channel' && event.user === 'bot' && event.channel === hidden),
    );
    assert.ok(!heard.some((event) => event.text === 'before it came'));

    const admin = await workspace(server, alice.workspace).person('admin', 'admin');
    const items = [
      {
        type: 'message',
        channel_id: channel,
        user_id: 'alice',
        text: 'imported <@bot>',
        client_msg_id: `slack:${channel}:1499999999.000123`,
        created_at: '2017-07-14T02:39:59.000Z',
      },
    ];
    const imported = await admin.post('/v1/imports', { items });
    assert.equal(imported.body.results[0]!.status, 'created');
    await alice.delete(`/v1/channels/${hidden}/members/bot`);
    await alice.say(hidden, 'after it left');
    await alice.say(channel, 'last');
    await next((event) => event.text === 'last' && event);
    assert.ok(!heard.some((event) => event.text === 'after it left' || event.text?.startsWith('imported')));
  });

  it('shares its events among its sockets, each to one', async () => {
    const second = newApp(bot);
    const also: Heard[] = [];
    second.event('message', async ({ event }) => {
      also.push(event as Heard);
    });
    await second.start();
    try {
      const texts = Array.from({ length: 20 }, (_, i) => `shared ${i}`);
      for (const text of texts) await alice.say(channel, text);
      const got = (): string[] =>
        [...heard, ...also].map(({ text }) => text ?? '').filter((text) => text.startsWith('shared'));
      await eventually(() => assert.deepEqual(new Set(got()), new Set(texts)));
      assert.equal(got().length, texts.length);
      assert.ok(also.length > 0, 'the second one has its part');
    } finally {
      await second.stop();
    }
  });

  it('goes on after the server was killed, and after it was asked to stop', async () => {
    for (const end of ['kill', 'terminate'] as const) {
      await server[end]();
      await server.restart();
      // Its socket comes back by itself: Bolt's client waits at least five seconds.
      await eventually(async () => {
        const { message_id } = await alice.say(channel, `still there after ${end}, <@bot>? ${randomUUID()}`);
        await eventually(async () => assert.equal((await answersTo(message_id)).length, 1), 1500);
      }, 60_000);
    }
    const answers = (await history()).filter(({ text }) => text.startsWith('still there'));
    for (const { reply_count } of answers) assert.ok(reply_count <= 1, 'nothing is answered twice');
  });

  it('is counted', async () => {
    const text = String((await call(server, 'GET', '/metrics')).body);
    assert.match(text, /millrace_slack_sockets 1/);
    assert.match(text, /millrace_slack_events_total\{outcome="acknowledged"\} [1-9]/);
  });
});
