import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('edits, deletions, reactions', () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let admin: Person;
  let channel: string;
  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice');
    bob = await person('bob');
    carol = await person('carol');
    admin = await person('admin', 'admin');
    channel = await alice.makes('public', 'general', [bob, carol]);
  });
  after(() => server.stop());

  const path = (messageId: string, more = ''): string => `/v1/channels/${channel}/messages/${messageId}${more}`;
  const headRev = async (): Promise<number> => (await alice.get(`/v1/channels/${channel}`)).body.channel.head.rev;

  it('edit one’s own message: new text, mentions anew, edited_at, the next rev, the same place', async () => {
    const said = await bob.say(channel, 'hello <@alice>');
    const { status, body } = await bob.patch(path(said.message_id), { text: 'hello <@carol>' });
    assert.equal(status, 200);
    const { message } = body;
    assert.equal(message.text, 'hello <@carol>');
    assert.deepEqual(message.mentions, ['carol']);
    assert.equal(message.rev, said.rev + 1);
    assert.equal(message.seq, said.seq);
    assert.equal(message.created_at, said.created_at);
    assert.ok(message.edited_at !== null && message.edited_at >= message.created_at);
    assert.deepEqual((await alice.get(`/v1/channels/${channel}/messages?limit=1`)).body.messages, [message]);
  });

  it('edit nobody else’s, not even for the channel’s creator or an admin', async () => {
    const said = await bob.say(channel, 'bob’s');
    await admin.put(`/v1/channels/${channel}/members/admin`);
    for (const who of [alice, carol, admin]) {
      const { status, body } = await who.patch(path(said.message_id), { text: 'mine' });
      assert.equal(status, 403, who.id);
      assert.equal(body.code, 'forbidden');
    }
    for (const text of ['', '  ', 'a\0', '\ud800', 'a'.repeat(8001)])
      assert.equal((await bob.patch(path(said.message_id), { text })).status, 400);
    for (const id of ['12345', 'no-such-id', '__proto__', '9'.repeat(128)]) {
      assert.equal((await bob.patch(path(id), { text: 'x' })).status, 404, id);
      assert.equal((await bob.delete(path(id))).status, 404, id);
      assert.equal((await bob.put(path(id, '/reactions/tada'))).status, 404, id);
    }
  });

  it('delete: the author, the channel’s creator, an admin; text gone, place kept; again changes nothing', async () => {
    await admin.put(`/v1/channels/${channel}/members/admin`);
    for (const who of [bob, alice, admin]) {
      const said = await bob.say(channel, 'to go <@alice>');
      await alice.put(path(said.message_id, '/reactions/tada'));
      assert.equal((await carol.delete(path(said.message_id))).status, 403);
      const { status, body } = await who.delete(path(said.message_id));
      assert.equal(status, 200, who.id);
      assert.equal(body.message.deleted, true);
      assert.equal(body.message.text, '');
      assert.equal(body.message.seq, said.seq);
      const rev = await headRev();
      const again = await who.delete(path(said.message_id));
      assert.equal(again.status, 200);
      assert.deepEqual(again.body.message, body.message);
      assert.equal(await headRev(), rev);
      const { messages } = (await carol.get(`/v1/channels/${channel}/messages?limit=1`)).body;
      assert.deepEqual(messages, [body.message]);
    }
  });

  it('delete for an admin who is not in the public channel', async () => {
    const { person } = workspace(server, alice.workspace);
    const outside = await person('outside-admin', 'admin');
    const said = await bob.say(channel, 'moderated');
    assert.equal((await outside.delete(path(said.message_id))).status, 200);
  });

  it('are 409 on a deleted message', async () => {
    const said = await bob.say(channel, 'gone');
    await bob.delete(path(said.message_id));
    const answers = await Promise.all([
      bob.patch(path(said.message_id), { text: 'back' }),
      alice.put(path(said.message_id, '/reactions/tada')),
      alice.delete(path(said.message_id, '/reactions/tada')),
    ]);
    for (const { status, body } of answers) {
      assert.equal(status, 409);
      assert.equal(body.code, 'conflict');
    }
  });

  it('react with names and characters, each person once; repeats change nothing', async () => {
    const said = await bob.say(channel, 'nice');
    for (const emoji of ['tada', '👍', '👩‍👩‍👧', '+1', 'a/b', 'x'.repeat(64)]) {
      const at = path(said.message_id, `/reactions/${encodeURIComponent(emoji)}`);
      const first = await alice.put(at);
      assert.equal(first.status, 200, emoji);
      assert.deepEqual(first.body.message.reactions[emoji], ['alice']);
      const again = await alice.put(at);
      assert.equal(again.status, 200);
      assert.equal(again.body.message.rev, first.body.message.rev);
      const both = await bob.put(at);
      assert.deepEqual([...both.body.message.reactions[emoji]!].sort(), ['alice', 'bob']);
      assert.equal(both.body.message.rev, first.body.message.rev + 1);
      const one = await alice.delete(at);
      assert.deepEqual(one.body.message.reactions[emoji], ['bob']);
      const repeat = await alice.delete(at);
      assert.equal(repeat.status, 200);
      assert.equal(repeat.body.message.rev, one.body.message.rev);
      const none = await bob.delete(at);
      assert.equal(none.body.message.reactions[emoji], undefined);
    }
    assert.equal((await alice.put(path(said.message_id, `/reactions/${'x'.repeat(65)}`))).status, 400);
    assert.equal((await alice.put(path('12345', '/reactions/tada'))).status, 404);
    assert.equal((await alice.put(path(said.message_id, '/reactions/%00'))).status, 400);
  });

  it('keep every one of the reactions and edits that come at once', async () => {
    const said = await bob.say(channel, 'v0');
    const everyone = [alice, bob, carol];
    await Promise.all([
      ...everyone.flatMap((who) =>
        ['a', 'b', 'c'].map((emoji) => who.put(path(said.message_id, `/reactions/${emoji}`))),
      ),
      ...[1, 2, 3].map((n) => bob.patch(path(said.message_id), { text: `v${n}` })),
    ]);
    const { messages } = (await bob.get(`/v1/channels/${channel}/messages?around=${said.message_id}&limit=1`)).body;
    for (const emoji of ['a', 'b', 'c'])
      assert.deepEqual([...messages[0]!.reactions[emoji]!].sort(), ['alice', 'bob', 'carol']);
    assert.match(messages[0]!.text, /^v[123]$/);
  });

  it('work on replies as well, and leave the root as it is', async () => {
    const root = await alice.say(channel, 'root');
    const reply = await bob.say(channel, 'reply', { thread_id: root.message_id });
    const edited = await bob.patch(path(reply.message_id), { text: 'changed' });
    assert.equal(edited.body.message.thread_id, root.message_id);
    await alice.put(path(reply.message_id, '/reactions/tada'));
    await bob.delete(path(reply.message_id));
    const { messages } = (await alice.get(path(root.message_id, '/thread'))).body;
    assert.equal(messages[0]!.rev, root.rev);
    assert.equal(messages[1]!.deleted, true);
    // And a root that was reacted to and edited keeps its count.
    await alice.patch(path(root.message_id), { text: 'root two' });
    assert.equal((await bob.put(path(root.message_id, '/reactions/tada'))).body.message.reply_count, 1);
  });
});
