import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import { type ChannelHistory, type Kept, type Standing, violations } from './history-checker.ts';
import { type Person, workspace } from './person.ts';
import type { Server } from './server.ts';
import { StubbornClient } from './stubborn-client.ts';

/** mulberry32. */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Crowd {
  people: Person[];
  channels: string[];
  clients: StubbornClient[];
}

/** People in channels, each with some sockets that come back whatever happens. */
export async function gather(
  server: Server,
  counts: { people: number; sockets: number; channels: number },
): Promise<Crowd> {
  const { person } = workspace(server);
  const people = await Promise.all(Array.from({ length: counts.people }, (_, i) => person(`p${i}`)));
  const channels: string[] = [];
  for (let i = 0; i < counts.channels; i++)
    channels.push(await people[0]!.makes(i % 2 ? 'private' : 'public', `c${i}`, people));
  const clients = people.flatMap((one) =>
    Array.from({ length: counts.sockets }, (_, i) => new StubbornClient(`${one.id}.${i}`, one)),
  );
  return { people, channels, clients };
}

/**
 * Has everyone work at random while `trouble` does its worst; then compares what each heard with what is there: nothing
 * acknowledged lost, nothing doubled, one order without a gap. Resolves with how many messages there are.
 */
export async function workThrough(
  { people, channels, clients }: Crowd,
  seed: number,
  trouble: () => Promise<void>,
): Promise<number> {
  let going = true;
  const silent = new Map<string, number>();
  for (const channel of channels)
    silent.set(channel, (await people[0]!.get(`/v1/channels/${channel}`)).body.channel.head.rev);
  await eventually(
    () =>
      assert.ok(
        clients.every((client) => client.channels.size === channels.length),
        'all have their channels',
      ),
    20_000,
  );
  const working = clients.map((client, i) => work(client, i, randomFrom(seed + i), channels, () => going));
  try {
    await trouble();
    await sleep(500);
  } finally {
    going = false;
    await Promise.all(working);
  }
  const histories = await Promise.all(channels.map((channel) => historyOf(people[0]!, channel, silent.get(channel)!)));
  // Everyone hears to the end.
  await eventually(() => {
    for (const client of clients)
      for (const { channel, head } of histories)
        assert.equal(client.channels.get(channel)?.rev, head.rev, `${client.name} in ${channel}, FAULT_SEED=${seed}`);
  }, 30_000);
  const standings = (await Promise.all(people.map((one) => standingsOf(one, clients)))).flat();
  const found = [
    ...clients.flatMap(({ complaints }) => complaints),
    ...violations({
      histories,
      views: clients.flatMap(({ name, channels: held }) =>
        [...held].map(([channel, { from, seen }]) => ({ client: name, channel, from, seen })),
      ),
      acknowledged: clients.flatMap(({ acknowledged }) => acknowledged),
      standings,
    }),
  ];
  assert.deepEqual(found.slice(0, 20), [], `FAULT_SEED=${seed}: ${found.length} violations`);
  const sent = histories.reduce((sum, { messages, replies }) => sum + messages.length + replies.length, 0);
  return sent;
}

/** Sends, replies, reacts and reads at random, one thing after another. */
async function work(
  client: StubbornClient,
  number: number,
  random: () => number,
  channels: string[],
  going: () => boolean,
): Promise<void> {
  const roots = new Map<string, string>();
  for (let n = 0; going(); n++) {
    const channel = channels[Math.floor(random() * channels.length)]!;
    const root = roots.get(channel);
    const dice = random();
    const text = `${client.name} says ${n}`;
    const id = `${number}-${n}`;
    if (dice < 0.1 && root) await client.say(channel, text, id, root);
    else if (dice < 0.2 && root) await client.react(channel, root, dice < 0.15 ? 'tada' : 'eyes');
    else if (dice < 0.3) await client.read(channel, Math.floor(random() * 100));
    else roots.set(channel, await client.say(channel, text, id, null));
    await sleep(random() * 100);
  }
}

async function historyOf(person: Person, channel: string, silent: number): Promise<ChannelHistory> {
  const messages: Kept[] = [];
  const replies: Kept[] = [];
  let after = '0';
  for (;;) {
    const { body } = await person.get(`/v1/channels/${channel}/messages?limit=200&after=${after}`);
    messages.push(...body.messages);
    for (const { message_id, reply_count } of body.messages)
      if (reply_count > 0) replies.push(...(await repliesOf(person, channel, message_id, reply_count)));
    after = body.messages.at(-1)?.message_id ?? after;
    if (!body.has_more_after) return { channel, silent, head: body.head, messages, replies };
  }
}

async function repliesOf(person: Person, channel: string, root: string, count: number): Promise<Kept[]> {
  const { body } = await person.get(`/v1/channels/${channel}/messages/${root}/thread?limit=200`);
  assert.equal(body.messages.length - 1, count, `reply_count of ${root}`);
  return body.messages.slice(1);
}

async function standingsOf(person: Person, clients: StubbornClient[]): Promise<Standing[]> {
  const own = clients.filter((client) => client.person === person);
  const { channels } = (await person.get('/v1/unreads')).body;
  return channels.map(({ channel_id, last_seq, last_read_seq, unread }) => ({
    user_id: person.id,
    channel: channel_id,
    last_seq,
    last_read_seq,
    unread,
    read_to: Math.max(0, ...own.map((client) => client.readTo.get(channel_id) ?? 0)),
  }));
}
