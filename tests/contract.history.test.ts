import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Message } from '../client/wire.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('history', () => {
  let server: Server;
  let alice: Person;
  let channel: string;
  const all: Message[] = [];
  before(async () => {
    server = await Server.start();
    alice = await workspace(server).person('alice');
    channel = await alice.makes('public', 'general');
    for (let i = 1; i <= 10; i++) all.push(await alice.say(channel, `m${i}`));
    // Replies have no place in it.
    await alice.say(channel, 'reply', { thread_id: all[4]!.message_id });
  });
  after(() => server.stop());

  const id = (n: number): string => all[n - 1]!.message_id;
  const read = async (query: string) => {
    const { status, body } = await alice.get(`/v1/channels/${channel}/messages?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    const { messages, has_more_before, has_more_after, head } = body;
    return { texts: messages.map(({ text }) => text), before: has_more_before, after: has_more_after, head };
  };
  const page = (from: number, to: number): string[] =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => `m${from + i}`);
  const is = async (query: string, from: number, to: number, before: boolean, after: boolean) => {
    const { head, ...found } = await read(query);
    assert.deepEqual(found, { texts: page(from, to), before, after }, query);
    assert.equal(head.seq, 10);
  };

  it('gives the newest without a bound, oldest first', async () => {
    await is('limit=3', 8, 10, true, false);
    await is('limit=10', 1, 10, false, false);
    await is('', 1, 10, false, false);
  });

  it('gives what comes before a message, exclusive', async () => {
    await is(`before=${id(5)}&limit=2`, 3, 4, true, true);
    await is(`before=${id(5)}&limit=4`, 1, 4, false, true);
    await is(`before=${id(1)}`, 1, 0, false, true);
    await is('before=9223372036854775807&limit=2', 9, 10, true, false);
    await is('before=1', 1, 0, false, true);
  });

  it('gives what comes after a message, exclusive', async () => {
    await is(`after=${id(5)}&limit=2`, 6, 7, true, true);
    await is(`after=${id(5)}&limit=5`, 6, 10, true, false);
    await is(`after=${id(10)}`, 1, 0, true, false);
    await is('after=0&limit=2', 1, 2, false, true);
    await is('after=9223372036854775807', 1, 0, true, false);
  });

  it('gives what lies around a message, inclusive', async () => {
    const { texts, before, after } = await read(`around=${id(5)}&limit=5`);
    assert.ok(texts.includes('m5'));
    assert.equal(texts.length, 5);
    assert.deepEqual({ before, after }, { before: true, after: true });
    await is(`around=${id(5)}&limit=1`, 5, 5, true, true);
    await is(`around=${id(5)}&limit=50`, 1, 10, false, false);
    // Where one side has less, the other fills the page.
    await is(`around=${id(1)}&limit=4`, 1, 4, false, true);
    await is(`around=${id(10)}&limit=4`, 7, 10, true, false);
    await is(`around=${id(9)}&limit=9`, 2, 10, true, false);
  });

  it('pages through everything in both directions, each message once', async () => {
    const back: string[] = [];
    let bound = '';
    for (let more = true; more; ) {
      const found = (await alice.get(`/v1/channels/${channel}/messages?limit=3${bound}`)).body;
      back.unshift(...found.messages.map(({ text }) => text));
      more = found.has_more_before;
      bound = `&before=${found.messages[0]!.message_id}`;
    }
    assert.deepEqual(back, page(1, 10));
    const on: string[] = [];
    let from = '0';
    for (let more = true; more; ) {
      const found = (await alice.get(`/v1/channels/${channel}/messages?limit=3&after=${from}`)).body;
      on.push(...found.messages.map(({ text }) => text));
      more = found.has_more_after;
      from = found.messages.at(-1)!.message_id;
    }
    assert.deepEqual(on, page(1, 10));
  });

  it('takes limits of 1 to 200, and ids', async () => {
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=-1',
      'limit=x',
      'limit=1.5',
      'limit=',
      'before=x',
      'after=',
      'around=1e3',
    ]) {
      const { status, body } = await alice.get(`/v1/channels/${channel}/messages?${query}`);
      assert.equal(status, 400, query);
      assert.match(body.detail, new RegExp(query.split('=')[0]!), query);
    }
    assert.equal((await alice.get(`/v1/channels/${channel}/messages?limit=200`)).status, 200);
    const other = ['/v1/channels?', '/v1/users?', `/v1/channels/${channel}/members?`, '/v1/search?q=m&'];
    for (const path of [...other, `/v1/channels/${channel}/messages/${id(1)}/thread?`]) {
      assert.equal((await alice.get(`${path}limit=0`)).status, 400, path);
      assert.equal((await alice.get(`${path}limit=201`)).status, 400, path);
      assert.equal((await alice.get(`${path}limit=1`)).status, 200, path);
      assert.equal((await alice.get(`${path}limit=200`)).status, 200, path);
    }
  });

  it('is empty for a channel where nothing was said', async () => {
    const quiet = await alice.makes('private', 'quiet');
    const { body } = await alice.get(`/v1/channels/${quiet}/messages`);
    assert.deepEqual(body.messages, []);
    assert.equal(body.has_more_before, false);
    assert.equal(body.has_more_after, false);
    assert.equal(body.head.seq, 0);
  });
});
