import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';

describe('search', () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let guest: Person;
  let open: string;
  let hidden: string;
  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    alice = await person('alice', undefined, { name: 'Alice A' });
    bob = await person('bob');
    guest = await person('guest', 'guest');
    open = await alice.makes('public', 'open');
    hidden = await alice.makes('private', 'hidden');
  });
  after(() => server.stop());

  const find = async (who: Person, query: string) => {
    const { status, body } = await who.get(`/v1/search?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const texts = async (who: Person, query: string): Promise<string[]> =>
    (await find(who, query)).hits.map(({ message }) => message.text).sort();
  const q = (text: string): string => `q=${encodeURIComponent(text)}`;
  /** The contract: a change is found within 5 s. */
  const soon = (who: Person, query: string, wanted: string[]) =>
    eventually(async () => assert.deepEqual(await texts(who, query), [...wanted].sort(), query), 5000);

  it('finds what one may read, and nothing else', async () => {
    await alice.say(open, 'walrus in the open');
    await alice.say(hidden, 'walrus in hiding');
    await soon(alice, q('walrus'), ['walrus in the open', 'walrus in hiding']);
    await soon(bob, q('walrus'), ['walrus in the open']);
    await soon(guest, q('walrus'), []);
    assert.equal((await find(bob, q('walrus'))).total, 1);
    assert.equal((await find(guest, q('walrus'))).total, 0);
    assert.equal((await bob.get(`/v1/search?${q('walrus')}&channel_id=${hidden}`)).status, 404);
    await soon(bob, q('walrus in:#hidden'), []);
    // What one is let into is found, and what one is put out of is not.
    await alice.put(`/v1/channels/${hidden}/members/bob`);
    await soon(bob, q('walrus'), ['walrus in the open', 'walrus in hiding']);
    await alice.delete(`/v1/channels/${hidden}/members/bob`);
    assert.deepEqual(await texts(bob, q('walrus')), ['walrus in the open']);
  });

  it('filters by channel, author, time, links, phrase, exclusion and prefix', async () => {
    const other = await alice.makes('public', 'other', [bob]);
    await alice.say(open, 'quokka red https://example.com/a');
    await alice.say(other, 'quokka blue');
    await bob.say(other, 'blue quokka');
    await soon(alice, q('quokka'), ['quokka red https://example.com/a', 'quokka blue', 'blue quokka']);
    const cases: [string, string[]][] = [
      [`${q('quokka')}&channel_id=${other}`, ['quokka blue', 'blue quokka']],
      [q('quokka in:#open'), ['quokka red https://example.com/a']],
      [q('quokka from:@bob'), ['blue quokka']],
      [`${q('quokka')}&from=alice&channel_id=${other}`, ['quokka blue']],
      [q('quokka has:link'), ['quokka red https://example.com/a']],
      [`${q('quokka')}&has=link`, ['quokka red https://example.com/a']],
      [q('"quokka blue"'), ['quokka blue']],
      [q('quokka -blue'), ['quokka red https://example.com/a']],
      [q('quok*'), ['quokka red https://example.com/a', 'quokka blue', 'blue quokka']],
      [q('QUÓKKA blue'), ['quokka blue', 'blue quokka']],
      [q('quok'), []],
      [
        `${q('quokka')}&after=${new Date(Date.now() - 60_000).toISOString()}`,
        ['quokka red https://example.com/a', 'quokka blue', 'blue quokka'],
      ],
      [`${q('quokka')}&before=${new Date(Date.now() - 60_000).toISOString()}`, []],
      [q('quokka before:2020-01-01'), []],
      [q('quokka after:2020-01-01 -red'), ['quokka blue', 'blue quokka']],
      [`${q('quokka after:' + new Date().toISOString().slice(0, 10))}`, []],
    ];
    for (const [query, wanted] of cases) assert.deepEqual(await texts(alice, query), [...wanted].sort(), query);
  });

  it('escapes highlights but for <em>', async () => {
    await alice.say(open, '<img src=x onerror="alert(1)"> ocelot & <em>friends</em>');
    await soon(alice, q('ocelot'), ['<img src=x onerror="alert(1)"> ocelot & <em>friends</em>']);
    const [hit] = (await find(alice, q('ocelot'))).hits;
    const shown = hit!.highlights.join(' ');
    assert.match(shown, /<em>ocelot<\/em>/);
    assert.match(shown, /&lt;img|&amp;/);
    assert.doesNotMatch(shown.replaceAll('<em>ocelot</em>', ''), /[<>"]/);
    assert.equal(typeof hit!.score, 'number');
  });

  it('pages through every hit once, newest first where asked', async () => {
    const sent: string[] = [];
    for (let i = 0; i < 11; i++) sent.push((await alice.say(open, `numbat ${i}`)).message_id);
    await eventually(async () => assert.equal((await find(alice, q('numbat'))).total, 11));
    for (const sort of ['newest', 'relevance']) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const body: Awaited<ReturnType<typeof find>> = await find(alice, `${q('numbat')}&sort=${sort}&limit=4${more}`);
        assert.ok(body.hits.length <= 4);
        assert.equal(body.total, 11);
        seen.push(...body.hits.map(({ message }) => message.message_id));
        cursor = body.next_cursor;
      } while (cursor !== null);
      if (sort === 'newest') assert.deepEqual(seen, [...sent].reverse());
      assert.deepEqual([...seen].sort(), [...sent].sort());
    }
  });

  it('follows edits and deletions within 5 s, and never shows a deleted text', async () => {
    const one = await alice.say(open, 'dugong original');
    const two = await alice.say(open, 'dugong doomed');
    await soon(alice, q('dugong'), ['dugong original', 'dugong doomed']);
    const base = `/v1/channels/${open}/messages`;
    await alice.delete(`${base}/${two.message_id}`);
    assert.deepEqual(await texts(alice, q('dugong')), ['dugong original']);
    await alice.patch(`${base}/${one.message_id}`, { text: 'manatee instead' });
    await soon(alice, q('manatee'), ['manatee instead']);
    await soon(alice, q('dugong'), []);
    await eventually(async () => assert.equal((await find(alice, q('dugong'))).total, 0));
  });

  it('finds replies, and what a crash came upon', async () => {
    const root = await alice.say(open, 'about axolotls');
    await alice.say(open, 'axolotl reply', { thread_id: root.message_id });
    await server.kill();
    await server.restart();
    await soon(alice, q('axolotl'), ['axolotl reply']);
  });

  it('refuses a search for nothing, unknown sorts and bad times, and bears any text', async () => {
    for (const query of [
      '',
      'q=',
      `${q('a')}&sort=best`,
      `${q('a')}&before=yesterday`,
      `${q('a')}&has=image`,
      `${q('a')}&cursor=nonsense`,
    ])
      assert.equal((await alice.get(`/v1/search?${query}`)).status, 400, query);
    for (const text of [
      '"',
      '""',
      '"open',
      '-',
      '*',
      'a AND',
      'NEAR(a b)',
      "'; drop table x",
      'in: from:',
      '()',
      '😀',
      'a:b',
      '\u0000a',
      'x'.repeat(999),
    ]) {
      const { status } = await alice.get(`/v1/search?${q(text)}`);
      assert.ok(status === 200 || status === 400, `${status} for ${JSON.stringify(text)}`);
    }
  });
});
