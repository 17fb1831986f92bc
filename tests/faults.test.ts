import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminCall } from '../cli/admin-client.ts';
import type { TopologyStatus } from '../runtime/runner.ts';
import { readTopologies } from '../runtime/topology/load.ts';
import { eventually } from './support/eventually.ts';
import { type ChannelHistory, type Kept, type Standing, violations } from './support/history-checker.ts';
import { type Person, workspace } from './support/person.ts';
import { Server } from './support/server.ts';
import { StubbornClient } from './support/stubborn-client.ts';

const kills = 9;
const peopleCount = 15;
const socketsEach = 2;
const channelCount = 5;

/** The seed of a failed run, to run it again: FAULT_SEED=… */
const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));

/** mulberry32. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe(`a server that is killed again and again (FAULT_SEED=${seed})`, () => {
  let server: Server;
  let people: Person[];
  const channels: string[] = [];
  const clients: StubbornClient[] = [];
  before(async () => {
    server = await Server.start();
    const { person } = workspace(server);
    people = await Promise.all(Array.from({ length: peopleCount }, (_, i) => person(`p${i}`)));
    for (let i = 0; i < channelCount; i++)
      channels.push(await people[0]!.makes(i % 2 ? 'private' : 'public', `c${i}`, people));
    for (const one of people)
      for (let i = 0; i < socketsEach; i++) clients.push(new StubbornClient(`${one.id}.${i}`, one));
  });
  after(async () => {
    for (const client of clients) client.stop();
    await server.stop();
  });

  it('loses nothing acknowledged, doubles nothing, and shows everyone one order without a gap', async () => {
    let going = true;
    const silent = new Map<string, number>();
    for (const channel of channels)
      silent.set(channel, (await people[0]!.get(`/v1/channels/${channel}`)).body.channel.head.rev);
    await eventually(() => assert.ok(clients.every((client) => client.channels.size === channelCount)));
    const working = clients.map((client, i) => work(client, i, randomFrom(seed + i), channels, () => going));
    const random = randomFrom(seed - 1);
    const deploys: Promise<unknown>[] = [];
    for (let i = 0; i < kills; i++) {
      await sleep(200 + random() * 900);
      // Every topology goes over to a new version, mostly while the process is being killed.
      deploys.push(deploy(server, i + 2));
      await sleep(random() * 300);
      // Mostly SIGKILL; an orderly stop in the midst of work must keep the same promises.
      if (i % 3 === 2) assert.equal(await server.terminate(), 0, server.stderr);
      else await server.kill();
      await server.restart();
    }
    await Promise.all(deploys);
    await deploy(server, kills + 2);
    await sleep(500);
    going = false;
    await Promise.all(working);
    const { topologies } = await status(server);
    for (const { topology, version, tasks } of topologies) {
      assert.equal(version, kills + 2, topology);
      assert.deepEqual(new Set(tasks.map(({ state }) => state)), new Set(['running']), JSON.stringify(tasks));
      assert.equal(new Set(tasks.map(({ deployment }) => deployment)).size, 1, topology);
    }

    const histories = await Promise.all(
      channels.map((channel) => historyOf(people[0]!, channel, silent.get(channel)!)),
    );
    // Everyone hears to the end.
    await eventually(() => {
      for (const client of clients)
        for (const { channel, head } of histories)
          assert.equal(client.channels.get(channel)?.rev, head.rev, `${client.name} in ${channel}, FAULT_SEED=${seed}`);
    }, 10_000);
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
    assert.ok(sent > 500, `only ${sent} messages came about: the test tested little`);
  });
});

/** The shipped topologies, each as another version of itself that does the same. */
async function deploy(server: Server, version: number): Promise<void> {
  const files = readTopologies('topologies').map(({ file, text }) => ({
    file,
    text: text.replace('version: 1', `version: ${version}`),
  }));
  try {
    for await (const _ of adminCall(server.folder, 'POST', '/deploy', { files }));
  } catch {
    // The process died meanwhile. What it had recorded goes on by itself; the last deploy is the one that must succeed.
    assert.ok(version < kills + 2, 'the last deploy failed');
  }
}

async function status(server: Server): Promise<{ topologies: TopologyStatus[] }> {
  for await (const line of adminCall(server.folder, 'GET', '/status')) return line as { topologies: TopologyStatus[] };
  throw new Error('no status');
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
