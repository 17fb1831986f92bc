import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type WebClient, WebClientEvent } from '@slack/web-api';
import { eventually } from './support/eventually.ts';
import { call, type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { clientOf, refusalOf, slackClient } from './support/slack.ts';

const shape = /^\d{10}\.\d{6}$/;

/** The published @slack/web-api, unchanged, against the real server. */
describe('Slack’s own client', () => {
  let server: Server;
  let alice: Person;
  let bot: Person;
  let slack: WebClient;
  let channel: string;

  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice', undefined, { name: 'Alice' });
    bot = await person('bot', undefined, { name: 'Helper' });
    slack = clientOf(bot);
    channel = await alice.makes('public', 'general', [bot]);
  });
  after(() => server.stop());

  const pages = async <Page>(method: string, options: object): Promise<Page[]> => {
    const found: Page[] = [];
    for await (const page of slack.paginate(method, { ...options })) found.push(page as Page);
    return found;
  };

  it('learns who it is', async () => {
    const { user_id, user, team_id, bot_id, url } = await slack.auth.test();
    assert.deepEqual(
      { user_id, user, team_id, bot_id, url },
      {
        ...{ user_id: 'bot', user: 'Helper', team_id: bot.workspace, bot_id: 'bot', url: `${server.url}/` },
      },
    );
  });

  it('takes a token in a form, and none in a query', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const asked = async (body: string, query = '') =>
      (await call(server, 'POST', `/api/auth.test${query}`, form, body)).body as unknown as {
        error: string;
        ok: boolean;
      };
    assert.equal((await asked(`token=${bot.token}`)).ok, true);
    assert.equal((await asked('', `?token=${bot.token}`)).error, 'not_authed');
    assert.equal((await asked('')).error, 'not_authed');
    assert.equal((await asked('token=nonsense')).error, 'invalid_auth');
    const json = { 'content-type': 'application/json', authorization: `Bearer ${bot.token}` };
    const got = await call(server, 'POST', '/api/conversations.info', json, JSON.stringify({ channel }));
    assert.equal((got.body as unknown as { channel: { id: string } }).channel.id, channel);
    const broken = await call(server, 'POST', '/api/conversations.info', json, '{');
    assert.equal((broken.body as unknown as { error: string }).error, 'invalid_json');
    const odd = { ...json, 'content-type': 'text/plain' };
    const plain = await call(server, 'POST', '/api/conversations.info', odd, 'x');
    assert.equal((plain.body as unknown as { error: string }).error, 'invalid_post_type');
  });

  it('posts, changes and deletes messages, which people see as any other', async () => {
    const posted = await slack.chat.postMessage({ channel, text: 'a &lt; b &amp; <@alice>' });
    assert.match(posted.ts!, shape);
    assert.equal(posted.channel, channel);
    assert.equal(posted.message!.text, 'a &lt; b &amp; <@alice>');
    const newest = async () => (await alice.get(`/v1/channels/${channel}/messages?limit=1`)).body.messages[0]!;
    const seen = await newest();
    assert.equal(seen.text, 'a < b & <@alice>');
    assert.deepEqual(seen.mentions, ['alice']);
    assert.equal(seen.user_id, 'bot');

    const updated = await slack.chat.update({ channel, ts: posted.ts!, text: 'better' });
    assert.equal(updated.ts, posted.ts);
    assert.equal((await newest()).text, 'better');
    const [shown] = (await slack.conversations.history({ channel, limit: 1 })).messages!;
    assert.equal(shown!.ts, posted.ts);
    assert.equal(shown!.edited!.user, 'bot');

    await slack.chat.delete({ channel, ts: posted.ts! });
    assert.equal((await newest()).deleted, true);
    assert.equal(await refusalOf(slack.chat.update({ channel, ts: posted.ts!, text: 'x' })), 'message_not_found');
    assert.equal(await refusalOf(slack.chat.delete({ channel, ts: posted.ts! })), 'message_not_found');
  });

  it('posts once under one client_msg_id', async () => {
    const post = () => slack.chat.postMessage({ channel, text: 'once', client_msg_id: 'same' } as never);
    assert.equal((await post()).ts, (await post()).ts);
  });

  it('posts by a channel’s name, and to a person', async () => {
    assert.equal((await slack.chat.postMessage({ channel: '#general', text: 'by name' })).channel, channel);
    assert.equal((await slack.chat.postMessage({ channel: 'general', text: 'by name' })).channel, channel);
    const { channel: dm } = await slack.chat.postMessage({ channel: 'alice', text: 'to you' });
    const opened = await slack.conversations.open({ users: 'alice', return_im: true });
    assert.equal(opened.channel!.id, dm);
    assert.equal(opened.channel!.is_im, true);
    assert.equal(opened.channel!.user, 'alice');
    assert.equal((await alice.get(`/v1/channels/${dm}/messages`)).body.messages[0]!.text, 'to you');
    assert.equal(await refusalOf(slack.conversations.open({ users: 'nobody' })), 'user_not_found');
  });

  it('refuses what would say something else without an argument, and does nothing then', async () => {
    const before = (await alice.get(`/v1/channels/${channel}`)).body.channel.head;
    const blocks = [{ type: 'divider' as const }];
    assert.equal(await refusalOf(slack.chat.postMessage({ channel, blocks } as never)), 'no_text');
    for (const more of [
      { attachments: [{ text: 'x' }] },
      { metadata: { event_type: 'x', event_payload: {} } },
      { reply_broadcast: true },
      { link_names: true },
      { parse: 'full' },
      { markdown_text: '**x**' },
    ])
      assert.equal(
        await refusalOf(slack.chat.postMessage({ channel, text: 'x', ...more } as never)),
        'invalid_arguments',
      );
    assert.deepEqual((await alice.get(`/v1/channels/${channel}`)).body.channel.head, before);
    const posted = await slack.chat.postMessage({ channel, text: 'both', blocks, username: 'x' });
    assert.equal(posted.response_metadata!.warnings!.length, 2);
  });

  it('reacts, and takes it back', async () => {
    const { ts: timestamp } = await slack.chat.postMessage({ channel, text: 'react to me' });
    const reaction = { channel, timestamp: timestamp!, name: 'thumbsup' };
    await slack.reactions.add(reaction);
    assert.equal(await refusalOf(slack.reactions.add({ ...reaction, name: ':thumbsup:' })), 'already_reacted');
    const [message] = (await slack.conversations.history({ channel, limit: 1 })).messages!;
    assert.deepEqual(message!.reactions, [{ name: 'thumbsup', users: ['bot'], count: 1 }]);
    await slack.reactions.remove(reaction);
    assert.equal(await refusalOf(slack.reactions.remove(reaction)), 'no_reaction');
    assert.equal(await refusalOf(slack.reactions.add({ ...reaction, name: 'two words' })), 'invalid_name');
    assert.equal(await refusalOf(slack.reactions.add({ ...reaction, timestamp: '1.000000' })), 'message_not_found');
  });

  it('lists channels and people', async () => {
    const hidden = await alice.makes('private', 'hidden', [bot]);
    const foreign = await alice.makes('private', 'foreign');
    const open = await alice.makes('public', 'open');
    const ids = async (types: string) => {
      const found = await pages<{ channels: { id: string; is_member: boolean }[] }>('conversations.list', {
        types,
        limit: 2,
      });
      return new Map(found.flatMap((page) => page.channels.map((one) => [one.id, one.is_member] as const)));
    };
    const listed = await ids('public_channel');
    assert.equal(listed.get(channel), true);
    assert.equal(listed.get(open), false);
    assert.ok(!listed.has(hidden));
    const secret = await ids('private_channel,mpim,im');
    assert.equal(secret.get(hidden), true);
    assert.ok(!secret.has(foreign) && !secret.has(channel));
    assert.equal(await refusalOf(slack.conversations.list({ types: 'secret' })), 'invalid_types');

    const { channel: info } = await slack.conversations.info({ channel });
    assert.deepEqual(
      [info!.name, info!.is_channel, info!.is_member, info!.is_private, info!.num_members],
      ['general', true, true, false, 2],
    );
    assert.equal(await refusalOf(slack.conversations.info({ channel: foreign })), 'channel_not_found');
    const { members } = await slack.conversations.members({ channel });
    assert.deepEqual(members, ['alice', 'bot']);
    const joined = await slack.conversations.join({ channel: open });
    assert.equal(joined.channel!.is_member, true);
    assert.equal((await slack.conversations.join({ channel: open })).warning, 'already_in_channel');
    assert.equal(
      await refusalOf(slack.conversations.join({ channel: hidden })),
      'method_not_supported_for_channel_type',
    );

    const people = await pages<{ members: { id: string; real_name: string }[] }>('users.list', { limit: 1 });
    assert.deepEqual(
      people.flatMap((page) => page.members.map(({ real_name }) => real_name)),
      ['Alice', 'Helper'],
    );
    assert.equal((await slack.users.info({ user: 'alice' })).user!.name, 'Alice');
    assert.equal(await refusalOf(slack.users.info({ user: 'nobody' })), 'user_not_found');
  });

  it('searches what it may read', async () => {
    const words = ['ostrich one', 'ostrich two', 'ostrich three'];
    for (const text of words) await alice.say(channel, text);
    const foreign = await alice.makes('private', 'birds');
    await alice.say(foreign, 'ostrich hidden');
    await eventually(async () => {
      const { messages } = await slack.search.messages({ query: 'ostrich', sort: 'timestamp', count: 2 });
      assert.equal(messages!.total, 3);
      assert.deepEqual(
        messages!.matches!.map(({ text }) => text),
        ['ostrich three', 'ostrich two'],
      );
      assert.equal(messages!.paging!.pages, 2);
    }, 10_000);
    const second = await slack.search.messages({
      query: 'ostrich from:<@alice> in:<#' + channel + '>',
      sort: 'timestamp',
      count: 2,
      page: 2,
    });
    const [match] = second.messages!.matches!;
    assert.deepEqual(
      [match!.text, match!.user, match!.username, match!.channel!.id],
      ['ostrich one', 'alice', 'Alice', channel],
    );
    assert.match(match!.ts!, shape);
    assert.equal(await refusalOf(slack.search.messages({ query: ' ' })), 'no_query');
    assert.equal(await refusalOf(slack.search.messages({ query: 'x during:july' })), 'invalid_arguments');
  });

  it('may do what REST lets it do, and is told in Slack’s words', async () => {
    const outside = await alice.makes('public', 'outside');
    const hidden = await alice.makes('private', 'unseen');
    const post = (channel: string, text = 'x') => refusalOf(slack.chat.postMessage({ channel, text }));
    assert.equal(await post(outside), 'not_in_channel');
    assert.equal(await post(hidden), 'channel_not_found');
    assert.equal(await post('nonsense'), 'channel_not_found');
    // Whether a private channel has a name is not told to others, not even by the choice of words.
    const said = (name: string) => slack.chat.postMessage({ channel: name, text: 'x' }).catch(({ data }) => data);
    const { response_metadata: none } = await said('#no-such-name');
    assert.deepEqual((await said('#unseen')).response_metadata, none);
    assert.deepEqual((await said('unseen')).response_metadata, none);
    assert.equal(await post(channel, '  '), 'no_text');
    assert.equal(await post(channel, 'x'.repeat(8001)), 'msg_too_long');
    assert.equal(await refusalOf(slack.conversations.history({ channel: hidden })), 'channel_not_found');
    await alice.say(channel, 'mine');
    const ts = (await slack.conversations.history({ channel, limit: 1 })).messages![0]!.ts!;
    assert.equal(await refusalOf(slack.chat.update({ channel, ts, text: 'x' })), 'cant_update_message');
    assert.equal(await refusalOf(slack.chat.delete({ channel, ts })), 'cant_delete_message');
    const archived = await alice.makes('public', 'archived', [bot]);
    await alice.patch(`/v1/channels/${archived}`, { archived: true });
    assert.equal(await post(archived), 'is_archived');
    const announcements = await alice.makes('public', 'news', [bot]);
    await alice.patch(`/v1/channels/${announcements}`, { posting: 'managers' });
    assert.equal(await post(announcements), 'restricted_action');
    assert.equal(await refusalOf(slack.apiCall('files.upload')), 'unknown_method');
    assert.equal(await refusalOf(slack.apiCall('chat.postMessage', { text: 'x' })), 'invalid_arguments');
    assert.equal(await refusalOf(slackClient(server, 'nonsense').auth.test()), 'invalid_auth');
    assert.equal(await refusalOf(slackClient(server, '').auth.test()), 'not_authed');
  });

  it('is counted by its methods', async () => {
    const { body } = await call(server, 'GET', '/metrics');
    const text = String(body);
    assert.match(text, /millrace_slack_calls_total\{method="chat.postMessage",result="ok"\} \d+/);
    assert.match(text, /millrace_slack_calls_total\{method="unknown",result="unknown_method"\} 1/);
  });
});

describe('Slack’s own client under the rate limit', () => {
  it('is told when to come back, and comes back by itself', async () => {
    const server = await Server.start({ MILLRACE_RATE_LIMIT: 'on' });
    try {
      const bot = await workspace(server).person('bot');
      const limited = slackClient(server, bot.token, {
        retryConfig: { retries: 3, minTimeout: 1 },
        maxRequestConcurrency: 100,
      });
      let waits = 0;
      limited.on(WebClientEvent.RATE_LIMITED, () => waits++);
      // Again where a machine was so slow that the bucket filled up meanwhile.
      for (let attempt = 0; attempt < 5 && waits === 0; attempt++) {
        const answers = await Promise.all(Array.from({ length: 400 }, () => limited.auth.test()));
        assert.ok(answers.every(({ ok }) => ok));
      }
      assert.ok(waits > 0, 'some were refused at first');
    } finally {
      await server.stop();
    }
  });
});

describe('a server whose Slack API is off', () => {
  it('knows nothing of it', async () => {
    const server = await Server.start({ MILLRACE_SLACK_API: 'off' });
    try {
      const { status } = await call(server, 'POST', '/api/auth.test');
      assert.equal(status, 404);
    } finally {
      await server.stop();
    }
  });
});
