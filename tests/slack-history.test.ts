import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConversationsHistoryResponse, ConversationsRepliesResponse, WebClient } from '@slack/web-api';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { clientOf, refusalOf } from './support/slack.ts';

/** Reading channels and threads by ts and by cursor, by the published @slack/web-api. */
describe('the history that Slack’s own client reads', () => {
  let server: Server;
  let alice: Person;
  let bot: Person;
  let slack: WebClient;
  let channel: string;

  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice');
    bot = await person('bot');
    slack = clientOf(bot);
    channel = await alice.makes('public', 'general', [bot]);
  });
  after(() => server.stop());

  const pages = async <Page>(method: string, options: object): Promise<Page[]> => {
    const found: Page[] = [];
    for await (const page of slack.paginate(method, { ...options })) found.push(page as Page);
    return found;
  };

  it('pages through a channel of hundreds of messages, newest first, each once', async () => {
    const long = await alice.makes('public', 'long', [bot]);
    const wanted: string[] = [];
    for (let i = 0; i < 430; i += 43) {
      const texts = Array.from({ length: 43 }, (_, at) => `message ${i + at}`);
      await Promise.all(texts.map((text) => alice.say(long, text)));
    }
    for (let after = '0', more = true; more; ) {
      const { body } = await alice.get(`/v1/channels/${long}/messages?limit=200&after=${after}`);
      wanted.push(...body.messages.map(({ text }) => text));
      after = body.messages.at(-1)!.message_id;
      more = body.has_more_after;
    }
    const found = await pages<ConversationsHistoryResponse>('conversations.history', { channel: long, limit: 50 });
    assert.equal(found.length, 9);
    const messages = found.flatMap((page) => page.messages!);
    assert.deepEqual(messages.map(({ text }) => text).reverse(), wanted);
    const times = messages.map(({ ts }) => ts!);
    assert.equal(new Set(times).size, 430);
    for (let i = 1; i < times.length; i++) assert.ok(times[i]! < times[i - 1]!, `${times[i - 1]} ${times[i]}`);

    // Between two messages, with and without them; and one alone by its ts.
    const between = { channel: long, oldest: times[20]!, latest: times[10]! };
    const inside = async (more: object) =>
      (await slack.conversations.history({ ...between, ...more })).messages!.map(({ ts }) => ts);
    assert.deepEqual(await inside({}), times.slice(11, 20));
    assert.deepEqual(await inside({ inclusive: true }), times.slice(10, 21));
    assert.deepEqual(await inside({ inclusive: true, limit: 3 }), times.slice(10, 13));
    const alone = { channel: long, latest: times[77]!, inclusive: true, limit: 1 };
    assert.deepEqual(
      (await slack.conversations.history(alone)).messages!.map(({ ts }) => ts),
      [times[77]],
    );
    const paged = await pages<ConversationsHistoryResponse>('conversations.history', { ...between, limit: 4 });
    assert.deepEqual(
      paged.flatMap((page) => page.messages!.map(({ ts }) => ts)),
      times.slice(11, 20),
    );
    const later = String(Date.now() / 1000 + 5);
    assert.equal((await slack.conversations.history({ channel: long, oldest: later })).messages!.length, 0);
    assert.equal(
      (await slack.conversations.history({ channel: long, oldest: '0', latest: later, limit: 999 })).messages!.length,
      200,
    );
    for (const [more, error] of [
      [{ cursor: 'nonsense' }, 'invalid_cursor'],
      [{ oldest: 'yesterday' }, 'invalid_ts_oldest'],
      [{ latest: '1.2.3' }, 'invalid_ts_latest'],
      [{ limit: 5000 }, 'invalid_limit'],
    ] as const)
      assert.equal(await refusalOf(slack.conversations.history({ channel: long, ...more })), error);
  });

  it('finds a page whole where messages of it were deleted', async () => {
    const thin = await alice.makes('public', 'thin', [bot]);
    for (let i = 0; i < 12; i++) {
      const { message_id } = await alice.say(thin, `message ${i}`);
      if (i > 1) await alice.delete(`/v1/channels/${thin}/messages/${message_id}`);
    }
    const { messages, has_more } = await slack.conversations.history({ channel: thin, limit: 2 });
    assert.deepEqual(
      messages!.map(({ text }) => text),
      ['message 1', 'message 0'],
    );
    assert.equal(has_more, false);
  });

  it('answers in threads, and reads them page by page', async () => {
    const root = await slack.chat.postMessage({ channel, text: 'root' });
    const replies: string[] = [];
    for (let i = 0; i < 7; i++) {
      const { ts, message } = await slack.chat.postMessage({ channel, text: `reply ${i}`, thread_ts: root.ts! });
      assert.equal((message as { thread_ts?: string }).thread_ts, root.ts);
      replies.push(ts!);
    }
    const all = await slack.conversations.replies({ channel, ts: root.ts! });
    assert.deepEqual(
      all.messages!.map(({ ts }) => ts),
      [root.ts, ...replies],
    );
    assert.equal(all.messages![0]!.reply_count, 7);
    assert.deepEqual(all.messages![0]!.reply_users, ['bot']);
    assert.ok(all.messages!.every(({ thread_ts }) => thread_ts === root.ts));
    const paged = await pages<ConversationsRepliesResponse>('conversations.replies', {
      channel,
      ts: root.ts,
      limit: 3,
    });
    assert.deepEqual(
      paged.map((page) => page.messages!.length),
      [3, 3, 2],
    );
    assert.deepEqual(
      paged.flatMap((page) => page.messages!.map(({ ts }) => ts)),
      [root.ts, ...replies],
    );
    const single = await pages<ConversationsRepliesResponse>('conversations.replies', {
      channel,
      ts: root.ts,
      limit: 1,
    });
    assert.deepEqual(
      single.flatMap((page) => page.messages!.map(({ ts }) => ts)),
      [root.ts, ...replies],
    );
    const byReply = await slack.conversations.replies({ channel, ts: replies[3]! });
    assert.equal(byReply.messages!.length, 8);
    const part = { channel, ts: root.ts!, oldest: replies[1]!, latest: replies[4]! };
    assert.deepEqual(
      (await slack.conversations.replies(part)).messages!.map(({ ts }) => ts),
      [root.ts, ...replies.slice(2, 4)],
    );
    const inclusive = await slack.conversations.replies({ ...part, inclusive: true });
    assert.deepEqual(
      inclusive.messages!.map(({ ts }) => ts),
      [root.ts, ...replies.slice(1, 5)],
    );
    // A reply to a reply belongs to the same root; a reply is in no history.
    const deeper = await slack.chat.postMessage({ channel, text: 'deeper', thread_ts: replies[0]! });
    assert.equal((deeper.message as { thread_ts?: string }).thread_ts, root.ts);
    const { messages } = await slack.conversations.history({ channel, limit: 200 });
    assert.ok(!messages!.some(({ ts }) => replies.includes(ts!)));

    await slack.chat.delete({ channel, ts: root.ts! });
    const tomb = (await slack.conversations.replies({ channel, ts: root.ts! })).messages![0] as { subtype?: string };
    assert.equal(tomb.subtype, 'tombstone');
    assert.equal(
      await refusalOf(slack.conversations.replies({ channel, ts: '1500000000.000001' })),
      'thread_not_found',
    );
    const lost = slack.chat.postMessage({ channel, text: 'x', thread_ts: '1500000000.000001' });
    assert.equal(await refusalOf(lost), 'thread_not_found');
  });

  it('marks a channel as read up to a message, forward and back', async () => {
    const marked = await alice.makes('public', 'marked', [bot]);
    for (const text of ['one', 'two', 'three']) await alice.say(marked, text);
    const times = (await slack.conversations.history({ channel: marked })).messages!.map(({ ts }) => ts!).reverse();
    const unread = async () =>
      (await bot.get('/v1/unreads')).body.channels.find(({ channel_id }) => channel_id === marked)!.unread;
    await slack.conversations.mark({ channel: marked, ts: times[2]! });
    assert.equal(await unread(), 0);
    await slack.conversations.mark({ channel: marked, ts: times[0]! });
    assert.equal(await unread(), 2);
  });

  it('tells a message from an imported one that brings the same ts along', async () => {
    const both = await alice.makes('public', 'both', [bot]);
    const mine = await slack.chat.postMessage({ channel: both, text: 'written here' });
    const ts = mine.ts!;
    const admin = await workspace(server, alice.workspace).person('admin', 'admin');
    const item = {
      ...{ type: 'message', channel_id: both, user_id: 'alice', text: 'written in Slack' },
      ...{ client_msg_id: `slack:${both}:${ts}`, created_at: new Date(Number(ts) * 1000).toISOString() },
    };
    const { body } = await admin.post('/v1/imports', { items: [item] });
    assert.equal(body.results[0]!.status, 'created');
    const found = await eventually(async () => {
      const { messages } = await slack.conversations.history({ channel: both });
      const times = new Map(messages!.map((message) => [message.text, message.ts!]));
      assert.equal(times.get('written in Slack'), ts);
      assert.equal(times.get('written here'), `${ts}0000`);
      return times;
    }, 10_000);
    assert.equal(await refusalOf(slack.chat.update({ channel: both, ts, text: 'x' })), 'cant_update_message');
    await slack.chat.update({ channel: both, ts: found.get('written here')!, text: 'changed here' });
    const { messages } = await slack.conversations.history({ channel: both });
    assert.deepEqual(new Set(messages!.map(({ text }) => text)), new Set(['written in Slack', 'changed here']));
    // Anyone may name a message as imports do; only what was imported has such a ts.
    const forged = await slack.chat.postMessage({
      ...{ channel: both, text: 'forged', client_msg_id: `slack:${both}:1499999999.000123` },
    } as never);
    assert.notEqual(forged.ts, '1499999999.000123');
  });
});
