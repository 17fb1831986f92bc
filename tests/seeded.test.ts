import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Message } from '../client/wire.ts';
import { randomFrom } from './support/crowd.ts';
import { eventually } from './support/eventually.ts';
import { type Person, workspace } from './support/person.ts';
import { people, type SeededMessage, seededTeam } from './support/seeded-team.ts';
import { Server } from './support/server.ts';

/** SEED_MESSAGES=100000 for a team's month; SEED for another one. */
const count = Number(process.env['SEED_MESSAGES'] ?? 3000);
const seed = Number(process.env['SEED'] ?? 7);

describe(`a generated team of ten channels and ${count} messages (SEED=${seed})`, () => {
  const team = seededTeam(seed, count, Date.parse('2026-11-01T00:00:00Z'));
  const ids = new Map<string, string>();
  const everyone: Person[] = [];
  let server: Server;
  let admin: Person;

  before(async () => {
    server = await Server.start({ MILLRACE_RATE_LIMIT: 'off' });
    const { person } = workspace(server);
    admin = await person('admin', 'admin');
    for (const id of people) everyone.push(await person(id));
  });
  after(() => server.stop());

  const channelId = (n: number): string => `C${n}`;
  const load = async (items: object[]): Promise<void> => {
    const { status, body } = await admin.post('/v1/imports', { items });
    assert.equal(status, 200, JSON.stringify(body));
    for (const result of body.results) assert.equal(result.status, 'created', JSON.stringify(result));
    for (const [i, { id }] of body.results.entries())
      ids.set((items[i] as { client_msg_id: string }).client_msg_id, id);
  };
  /** Ten at once. */
  const each = async <Item>(items: Item[], act: (item: Item) => Promise<void>): Promise<void> => {
    const rest = items[Symbol.iterator]();
    const lane = async () => {
      for (const item of rest) await act(item);
    };
    await Promise.all(Array.from({ length: 10 }, lane));
  };

  it('is imported', async () => {
    const created_at = '2026-10-01T00:00:00Z';
    const made = Array.from({ length: 10 }, (_, n) => ({ channel_id: channelId(n), name: `seeded-${n}` }));
    const channel = { type: 'channel', channel_type: 'public', creator_id: 'p0', members: people, created_at };
    await load(made.map((one) => ({ ...channel, ...one })));
    for (let i = 0; i < team.length; i += 500)
      await load(
        team.slice(i, i + 500).map(({ id, channel, author, text, thread, time, reactions }) => ({
          type: 'message',
          channel_id: channelId(channel),
          user_id: author,
          text,
          client_msg_id: id,
          thread_client_msg_id: thread,
          created_at: new Date(time).toISOString(),
          reactions: [...reactions].map(([emoji, user_ids]) => ({ emoji, user_ids })),
        })),
      );
  });

  it('takes edits and reactions since', async () => {
    const random = randomFrom(seed + 1);
    const changed = team.filter(() => random() < 0.02).map((message) => ({ message, by: Math.floor(random() * 40) }));
    await each(changed, async ({ message, by }) => {
      const path = `/v1/channels/${channelId(message.channel)}/messages/${ids.get(message.id)}`;
      const author = everyone[people.indexOf(message.author)]!;
      const text = `${message.text} edited`;
      assert.equal((await author.patch(path, { text })).status, 200);
      message.text = text;
      const { status } = await everyone[by]!.put(`${path}/reactions/wave`);
      assert.equal(status, 200);
      message.reactions.set('wave', [people[by]!]);
    });
    assert.ok(changed.length > count / 100);
  });

  it('is read back whole: texts, authors, times, threads, reactions, page by page', async () => {
    const replies = new Map<string, SeededMessage[]>();
    for (const message of team)
      if (message.thread) replies.set(message.thread, [...(replies.get(message.thread) ?? []), message]);
    for (let n = 0; n < 10; n++) {
      const roots = team.filter(({ channel, thread }) => channel === n && thread === null);
      const found: Message[] = [];
      for (let more = true; more; ) {
        const after = found.at(-1)?.message_id ?? '0';
        const { body } = await everyone[0]!.get(`/v1/channels/${channelId(n)}/messages?limit=200&after=${after}`);
        found.push(...body.messages);
        more = body.has_more_after;
      }
      assert.deepEqual(
        found.map((message) => ({ ...shownOf(message), replies: message.reply_count })),
        roots.map((message) => ({ ...wantedOf(message), replies: replies.get(message.id)?.length ?? 0 })),
      );
    }
    await each([...replies].slice(0, 300), async ([root, wanted]) => {
      const path = `/v1/channels/${channelId(wanted[0]!.channel)}/messages/${ids.get(root)}/thread?limit=200`;
      const { body } = await everyone[0]!.get(path);
      assert.deepEqual(body.messages.slice(1).map(shownOf), wanted.map(wantedOf));
    });
  });

  it('is found by search, each message once', async () => {
    const sought = team.filter((_, i) => i % Math.ceil(count / 50) === 0);
    for (const { id, text } of sought) {
      const number = id.replace('seed:', 'n');
      await eventually(async () => {
        const { body } = await everyone[1]!.get(`/v1/search?q=${number}`);
        assert.deepEqual(
          body.hits.map(({ message }) => message.text),
          [text],
        );
      }, 30_000);
    }
    const edited = team.filter(({ text }) => text.endsWith(' edited')).length;
    await eventually(async () => {
      const { body } = await everyone[1]!.get('/v1/search?q=edited&limit=1');
      assert.equal(body.total, edited);
    }, 30_000);
  });

  function shownOf({ user_id, text, created_at, reactions, client_msg_id }: Message) {
    return { id: client_msg_id, author: user_id, text, time: Date.parse(created_at), reactions };
  }
  function wantedOf({ id, author, text, time, reactions }: SeededMessage) {
    return { id, author, text, time, reactions: Object.fromEntries(reactions) };
  }
});
