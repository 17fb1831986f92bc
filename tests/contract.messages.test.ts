import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('messages', () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let channel: string;
  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice');
    bob = await person('bob');
    channel = await alice.makes('public', 'general', [bob]);
  });
  after(() => server.stop());

  const send = (who: Person, body: object) =>
    who.post('/v1/messages', { channel_id: channel, text: 'x', client_msg_id: randomUUID(), ...body });

  it('are stored with 201 in the contract’s shape', async () => {
    const before = (await alice.get(`/v1/channels/${channel}`)).body.channel.head;
    const { status, body } = await send(alice, { text: 'hello <@bob>, <@nobody>', client_msg_id: 'mine' });
    assert.equal(status, 201);
    const { message_id, created_at, ...rest } = body.message;
    assert.match(message_id, /^\d{1,19}$/);
    assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000);
    assert.deepEqual(rest, {
      channel_id: channel,
      workspace_id: alice.workspace,
      seq: before.seq + 1,
      rev: before.rev + 1,
      user_id: 'alice',
      text: 'hello <@bob>, <@nobody>',
      client_msg_id: 'mine',
      thread_id: null,
      reply_count: 0,
      reactions: {},
      mentions: ['bob'],
      edited_at: null,
      deleted: false,
    });
  });

  it('mention people by ids that hold a |, and others by what stands before a label', async () => {
    const { person } = workspace(server, alice.workspace);
    const odd = await Promise.all(['auth0|abc', 'bob|', 'two words'].map((id) => person(id)));
    for (const one of odd) await one.put(`/v1/channels/${channel}/members/${encodeURIComponent(one.id)}`);
    const mentions = async (text: string) => (await send(alice, { text })).body.message.mentions;
    assert.deepEqual(await mentions('<@auth0|abc> <@bob|Bob B.> <@auth0|other>'), ['auth0|abc', 'bob']);
    assert.deepEqual(await mentions('<@bob|> <@two words> <@nobody|bob> <@|bob> <@>'), ['bob|', 'two words']);
  });

  it('answer a repeat with 200 and the same message, whatever else it says', async () => {
    const first = await send(alice, { text: 'once', client_msg_id: 'same' });
    const second = await send(alice, { text: 'other words', client_msg_id: 'same' });
    assert.equal(second.status, 200);
    assert.deepEqual(second.body.message, first.body.message);
    const bobs = await send(bob, { text: 'bob’s', client_msg_id: 'same' });
    assert.equal(bobs.status, 201);
    const elsewhere = await alice.makes('public', 'elsewhere');
    assert.equal((await send(alice, { channel_id: elsewhere, client_msg_id: 'same' })).status, 201);
  });

  it('make one of twenty repeats that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(alice, { client_msg_id: 'race' })));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 19);
    assert.equal(new Set(answers.map(({ body }) => body.message.message_id)).size, 1);
  });

  it('answer a repeat with the message as it is now', async () => {
    const { message } = (await send(alice, { text: 'first', client_msg_id: 'edited' })).body;
    await alice.patch(`/v1/channels/${channel}/messages/${message.message_id}`, { text: 'second' });
    assert.equal((await send(alice, { text: 'first', client_msg_id: 'edited' })).body.message.text, 'second');
  });

  it('answer a repeat though the channel is archived by now, and take nothing new there', async () => {
    const closed = await alice.makes('public', 'closed', [bob]);
    const root = await bob.say(closed, 'root');
    const requests = [
      { channel_id: closed, client_msg_id: 'a' },
      { channel_id: closed, client_msg_id: 'b', thread_id: root.message_id },
    ];
    const first = await Promise.all(requests.map((request) => send(alice, request)));
    await alice.patch(`/v1/channels/${closed}`, { archived: true });
    for (const [i, request] of requests.entries()) {
      const again = await send(alice, request);
      assert.equal(again.status, 200);
      assert.equal(again.body.message.message_id, first[i]!.body.message.message_id);
      assert.equal((await send(bob, request)).status, 409);
      assert.equal((await send(alice, { ...request, client_msg_id: 'c' })).status, 409);
    }
    assert.equal((await send(alice, { ...requests[0], thread_id: '1' })).status, 409);
  });

  it('take 1 to 8,000 code points, kept as sent', async () => {
    const texts = [
      '😀'.repeat(8000),
      'a'.repeat(8000),
      '  spaces around\n\n ',
      'e\u0301 \u202e rtl \u200b',
      '<b>&amp;"\'',
      '\u0001\u007f',
    ];
    for (const text of texts) {
      const { status, body } = await send(alice, { text });
      assert.equal(status, 201, text.slice(0, 20));
      assert.equal(body.message.text, text);
    }
    const { messages } = (await alice.get(`/v1/channels/${channel}/messages?limit=${texts.length}`)).body;
    assert.deepEqual(
      messages.map(({ text }) => text),
      texts,
    );
  });

  const bad: [string, object][] = [
    ['an empty text', { text: '' }],
    ['8,001 code points', { text: 'a'.repeat(8001) }],
    ['8,001 code points beyond the BMP', { text: '😀'.repeat(8001) }],
    ['blanks alone', { text: ' \t\n\u00a0\u3000' }],
    ['blanks that trim() leaves', { text: ' \u0085\ufeff' }],
    ['a NUL', { text: 'a\0b' }],
    ['a lone surrogate', { text: 'a\ud83d' }],
    ['another lone surrogate', { text: '\ude00a' }],
    ['a text that is no string', { text: 5 }],
    ['no text', { text: undefined }],
    ['no client_msg_id', { client_msg_id: undefined }],
    ['an empty client_msg_id', { client_msg_id: '' }],
    ['a lone surrogate in the client_msg_id', { client_msg_id: 'a\ud800' }],
    ['a NUL in the client_msg_id', { client_msg_id: 'a\0' }],
    ['a lone surrogate in the channel_id', { channel_id: '\udc01' }],
    ['a lone surrogate in the thread_id', { thread_id: '\udc01' }],
    ['no channel_id', { channel_id: undefined }],
    ['a thread_id that is no string', { thread_id: 7 }],
  ];
  for (const [name, body] of bad) {
    it(`refuse ${name} with 400 that names the field`, async () => {
      const answer = await send(alice, body);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.code, 'invalid_request');
      assert.match(answer.body.detail, new RegExp(Object.keys(body)[0]!));
    });
  }

  it('count seq and rev from one without a gap, and their ids grow', async () => {
    const fresh = await alice.makes('public', 'counted', [bob]);
    const sent = await Promise.all(
      Array.from({ length: 60 }, (_, i) => send(i % 2 ? alice : bob, { channel_id: fresh, text: `m${i}` })),
    );
    const { messages, head } = (await alice.get(`/v1/channels/${fresh}/messages?limit=200`)).body;
    assert.deepEqual(
      messages.map(({ seq }) => seq),
      sent.map((_, i) => i + 1),
    );
    assert.equal(head.seq, 60);
    const revs = messages.map(({ rev }) => rev);
    assert.deepEqual(
      revs,
      revs.map((_, i) => revs[0]! + i),
    );
    assert.equal(revs.at(-1), head.rev);
    for (let i = 1; i < messages.length; i++)
      assert.ok(BigInt(messages[i]!.message_id) > BigInt(messages[i - 1]!.message_id));
  });

  describe('in threads', () => {
    const thread = (id: string, query = '') => bob.get(`/v1/channels/${channel}/messages/${id}/thread${query}`);

    it('belong to their root, also as a reply to a reply, and raise its reply_count but not its rev', async () => {
      const root = await alice.say(channel, 'root');
      const one = await bob.say(channel, 'one', { thread_id: root.message_id });
      const two = await alice.say(channel, 'two', { thread_id: one.message_id });
      assert.equal(one.thread_id, root.message_id);
      assert.equal(two.thread_id, root.message_id);
      assert.equal(one.seq, root.seq);
      assert.equal(two.seq, root.seq);
      assert.equal(two.rev, one.rev + 1);
      const found = (await thread(root.message_id)).body;
      assert.deepEqual(
        found.messages.map(({ text }) => text),
        ['root', 'one', 'two'],
      );
      assert.equal(found.messages[0]!.reply_count, 2);
      assert.equal(found.messages[0]!.rev, root.rev);
      assert.equal(found.has_more_after, false);
      assert.deepEqual((await thread(two.message_id)).body, found);
      const { messages, head } = (await alice.get(`/v1/channels/${channel}/messages?limit=1`)).body;
      assert.equal(messages[0]!.message_id, root.message_id, 'the history is of top-level messages');
      assert.equal(head.seq, root.seq);
      const next = await alice.say(channel, 'after');
      assert.equal(next.seq, root.seq + 1);
    });

    it('are read by pages', async () => {
      const root = await alice.say(channel, 'long');
      const replies: string[] = [];
      for (let i = 0; i < 5; i++)
        replies.push((await bob.say(channel, `r${i}`, { thread_id: root.message_id })).message_id);
      const seen: string[] = [];
      let after = '';
      for (;;) {
        const { body } = await thread(root.message_id, `?limit=2${after && `&after=${after}`}`);
        assert.ok(body.messages.length <= 2);
        seen.push(...body.messages.map(({ message_id }) => message_id));
        if (!body.has_more_after) break;
        after = seen.at(-1)!;
      }
      assert.deepEqual(seen, [root.message_id, ...replies]);
    });

    it('are 404 for an unknown root', async () => {
      assert.equal((await thread('123456789')).status, 404);
      for (const thread_id of ['123456789', 'no-such-id', '-1', '0x1', '9'.repeat(19), '9'.repeat(500), '__proto__']) {
        const answer = await send(alice, { thread_id });
        assert.equal(answer.status, 404, thread_id);
        assert.match(answer.body.detail, /thread_id/);
      }
      const elsewhere = await alice.makes('public', 'other-roots');
      const foreign = await alice.say(elsewhere, 'root');
      assert.equal((await send(alice, { thread_id: foreign.message_id })).status, 404);
    });

    it('count every one of the replies that come at once', async () => {
      const root = await alice.say(channel, 'busy');
      await Promise.all(Array.from({ length: 30 }, () => send(bob, { thread_id: root.message_id })));
      assert.equal((await thread(root.message_id)).body.messages[0]!.reply_count, 30);
    });
  });
});
