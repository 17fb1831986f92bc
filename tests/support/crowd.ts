import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ofDocuments } from './change-checker.ts';
import { eventually } from './eventually.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import type { ChannelHistory, Kept } from './history.ts';
import { type Standing, violations } from './history-checker.ts';
import { type Body, type Person, workspace } from './person.ts';
import type { Front } from './server.ts';
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
  /** Where they work on engines that can be looked at. */
  evidence: Evidence | undefined;
}

/**
 * People in channels, each with some sockets that come back whatever happens. `settings` of the processes, where these are on
 * Kafka: what lies on the engines is then compared, too.
 */
export async function gather(
  server: Front,
  counts: { people: number; sockets: number; channels: number; mayWait?: boolean },
  settings?: { [name: string]: string },
): Promise<Crowd> {
  const { id, person } = workspace(server);
  const people = await Promise.all(Array.from({ length: counts.people }, (_, i) => person(`p${i}`)));
  const channels: string[] = [];
  for (let i = 0; i < counts.channels; i++)
    channels.push(await people[0]!.makes(i % 2 ? 'private' : 'public', `c${i}`, people));
  const clients = people.flatMap((one) =>
    Array.from({ length: counts.sockets }, (_, i) => new StubbornClient(`${one.id}.${i}`, one, counts.mayWait)),
  );
  return { people, channels, clients, evidence: settings && evidenceOf(settings, () => id) };
}

/**
 * Has everyone work at random while `trouble` does its worst; then compares what each heard with what is there: nothing
 * acknowledged lost, nothing doubled, one order without a gap. Resolves with how many messages there are.
 */
export async function workThrough(
  { people, channels, clients, evidence }: Crowd,
  seed: number,
  trouble: () => Promise<void>,
): Promise<number> {
  let going = true;
  const silent = new Map<string, number>();
  for (const channel of channels)
    silent.set(channel, (await read(people[0]!, `/v1/channels/${channel}`)).channel.head.rev);
  await eventually(
    () =>
      assert.ok(
        clients.every((client) => client.channels.size === channels.length),
        'all have their channels',
      ),
    20_000,
  );
  const working = clients.map((client, i) => work(client, `${seed}-${i}`, randomFrom(seed + i), channels, () => going));
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
  const observed = {
    histories,
    views: clients.flatMap(({ name, channels: held }) =>
      [...held].map(([channel, { from, seen }]) => ({ client: name, channel, from, seen })),
    ),
    acknowledged: clients.flatMap(({ acknowledged }) => acknowledged),
    lastWords: clients.flatMap(({ lastWords }) => [...lastWords.values()]),
    standings,
    ...(evidence && { records: await evidence.records() }),
  };
  const found = [...clients.flatMap(({ complaints }) => complaints.splice(0)), ...violations(observed)];
  assert.deepEqual(found.slice(0, 20), [], `FAULT_SEED=${seed}: ${found.length} violations`);
  // The index follows behind.
  const documents = evidence?.documents;
  if (documents)
    await eventually(async () => {
      const indexed = await documents();
      assert.deepEqual(histories.flatMap((history) => ofDocuments(history, indexed)).slice(0, 20), []);
    }, 60_000);
  const sent = histories.reduce((sum, { messages, replies }) => sum + messages.length + replies.length, 0);
  return sent;
}

/** Sends, replies, edits, deletes, reacts and reads at random, one thing after another. */
async function work(
  client: StubbornClient,
  /** Of this client in this round: under an id of an earlier one nothing would be sent. */
  round: string,
  random: () => number,
  channels: string[],
  going: () => boolean,
): Promise<void> {
  const roots = new Map<string, string>();
  /** Messages of its own that nobody has replied to. */
  const plain: string[] = [];
  for (let n = 0; going(); n++) {
    const channel = channels[Math.floor(random() * channels.length)]!;
    const root = roots.get(channel);
    const dice = random();
    const text = `${client.name} says ${n}`;
    const id = `${round}-${n}`;
    const one = plain[Math.floor(random() * plain.length)];
    if (dice < 0.1 && root) plain.push(await client.say(channel, text, id, root));
    else if (dice < 0.2 && root) await client.react(root, dice < 0.15 ? 'tada' : 'eyes', random() < 0.7);
    else if (dice < 0.3) await client.read(channel, Math.floor(random() * 100));
    else if (dice < 0.45 && one) await client.edit(one, `${client.name} means ${n}`);
    else if (dice < 0.5 && one) {
      plain.splice(plain.indexOf(one), 1);
      await client.erase(one);
    } else if (dice < 0.75) plain.push(await client.say(channel, text, id, null));
    else roots.set(channel, await client.say(channel, text, id, null));
    await sleep(random() * 100);
  }
}

/** What a call answers; where it is refused, the test says with what. */
async function read(person: Person, path: string): Promise<Body> {
  const { status, body } = await person.get(path);
  assert.equal(status, 200, `${path}: ${body.detail}`);
  return body;
}

async function historyOf(person: Person, channel: string, silent: number): Promise<ChannelHistory> {
  const messages: Kept[] = [];
  const replies: Kept[] = [];
  let after = '0';
  for (;;) {
    const body = await read(person, `/v1/channels/${channel}/messages?limit=200&after=${after}`);
    messages.push(...body.messages);
    for (const { message_id, reply_count } of body.messages)
      if (reply_count > 0) replies.push(...(await repliesOf(person, channel, message_id, reply_count)));
    after = body.messages.at(-1)?.message_id ?? after;
    if (!body.has_more_after) return { channel, silent, head: body.head, messages, replies };
  }
}

async function repliesOf(person: Person, channel: string, root: string, count: number): Promise<Kept[]> {
  const body = await read(person, `/v1/channels/${channel}/messages/${root}/thread?limit=200`);
  assert.equal(body.messages.length - 1, count, `reply_count of ${root}`);
  return body.messages.slice(1);
}

async function standingsOf(person: Person, clients: StubbornClient[]): Promise<Standing[]> {
  const own = clients.filter((client) => client.person === person);
  const { channels } = await read(person, '/v1/unreads');
  return channels.map(({ channel_id, last_seq, last_read_seq, unread }) => ({
    user_id: person.id,
    channel: channel_id,
    last_seq,
    last_read_seq,
    unread,
    read_to: Math.max(0, ...own.map((client) => client.readTo.get(channel_id) ?? 0)),
  }));
}
