import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseSettings } from '../config/parse.ts';
import { openCassandraMessages } from '../platform/messages/cassandra/store.ts';
import { registryCodec } from '../platform/schemas/registry.ts';
import { openElasticsearch } from '../platform/search/elasticsearch.ts';
import { cassandraOptions, elasticsearchOptions, registrySettings } from '../server/engines/options.ts';
import { fillIndex, fillMessages, fillSearch, fillStore, wordOf } from './fill.ts';
import { connect, disconnect, load } from './load.ts';
import { type BenchServer, startMillraceIn } from './servers.ts';
import { freshDatabase, stack } from './stack.ts';
import { percentile } from './statistics.ts';

const channels = 100;
/** Questions a second, one after the other of each kind. */
const asked = 20;

interface Options {
  quick: boolean;
}

/** A page of history and a search, alone and beside 1,000 messages a second that come in. Embedded. */
export function reading({ quick }: Options): Promise<object> {
  return bySizes(quick, async (messages) => {
    const folder = await freshFolder();
    // Once, so that its folders are there; then with nobody looking.
    await (await startMillraceIn(folder)).stop();
    await fillStore(folder, messages, channels);
    await fillSearch(folder, messages, channels);
    const server = await startMillraceIn(folder, () => rm(folder, { recursive: true }));
    return { messages, rates: await ask(server, messages, [0, 1000], quick) };
  });
}

/** The same on the real engines, one node of each, edge and worker in one process; beside 300 a second. */
export async function readingOnEngines({ quick }: Options): Promise<object> {
  const engines = await stack();
  return bySizes(quick, async (messages) => {
    const namespace = `reading-${process.pid}-${messages}`;
    const settings = {
      ...engines,
      MILLRACE_NAMESPACE: namespace,
      MILLRACE_POSTGRES_URL: await freshDatabase(engines['MILLRACE_POSTGRES_URL']!, namespace),
      MILLRACE_PARTITIONS: '4',
    };
    const folder = await freshFolder();
    const server = await startMillraceIn(folder, () => rm(folder, { recursive: true }), [], settings);
    await fillEngines(settings, messages);
    return { messages, rates: await ask(server, messages, [0, 300], quick, quick ? 10 : 40) };
  });
}

async function bySizes(quick: boolean, measure: (messages: number) => Promise<object>): Promise<object> {
  const found: object[] = [];
  for (const messages of quick ? [10_000] : [100_000, 1_000_000]) found.push(await measure(messages));
  return { channels, text_bytes: 200, questions_a_second: asked, found };
}

function freshFolder(): Promise<string> {
  return mkdtemp(`${tmpdir()}/millrace-bench-`);
}

async function fillEngines(env: { [name: string]: string }, messages: number): Promise<void> {
  const settings = parseSettings(env);
  const codec = await registryCodec(registrySettings(settings));
  const store = await openCassandraMessages(cassandraOptions(settings), codec);
  await fillMessages(store, messages, channels, 4);
  await store.close();
  const index = await openElasticsearch(elasticsearchOptions(settings));
  await fillIndex(index, messages, channels, 4);
  await index.close();
}

/** Asks a server that holds the messages, and stops it. */
async function ask(
  server: BenchServer,
  messages: number,
  rates: number[],
  quick: boolean,
  /** Before anything is measured: engines that have just started compile what they are asked. */
  warm_s = 0,
): Promise<object[]> {
  const seconds = quick ? 4 : 30;
  const headers = { authorization: `Bearer ${await server.token('reader')}`, 'content-type': 'application/json' };
  const get = async (path: string): Promise<number> => {
    const began = performance.now();
    const answer = await fetch(`${server.url}${path}`, { headers });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body}`);
    return performance.now() - began;
  };
  await get('/v1/unreads');
  for (let n = 0; n < channels; n++) {
    const item = { type: 'channel', channel_id: `c${n}`, name: `c${n}`, channel_type: 'public', creator_id: 'reader' };
    const body = JSON.stringify({ items: [{ ...item, members: [], created_at: '2026-01-01T00:00:00Z' }] });
    await fetch(`${server.url}/v1/imports`, { method: 'POST', headers, body });
  }
  const clients = await connect(server, 100, 10);
  const pages: { [kind: string]: () => Promise<number> } = {
    'newest page': () => get(`/v1/channels/c${any(channels)}/messages?limit=50`),
    'page far back': () =>
      get(`/v1/channels/c${any(channels)}/messages?limit=50&before=${2n ** 60n + BigInt(any(messages))}`),
    'search for a frequent word': () => get(`/v1/search?q=${wordOf(any(5))}&limit=20`),
    'search for a rare word': () => get(`/v1/search?q=${wordOf(3000 + any(1000))}&limit=20`),
    'search for two words in a channel': () =>
      get(`/v1/search?q=${wordOf(any(50))} ${wordOf(any(50))}&channel_id=c${any(channels)}`),
  };
  const askFor = async (forSeconds: number): Promise<{ [kind: string]: number[] }> => {
    const times: { [kind: string]: number[] } = {};
    const until = performance.now() + forSeconds * 1000;
    for (let n = 0; performance.now() < until; n++) {
      const kind = Object.keys(pages)[n % Object.keys(pages).length]!;
      times[kind] = [...(times[kind] ?? []), await pages[kind]!()];
      await new Promise((resolve) => setTimeout(resolve, 1000 / asked));
    }
    return times;
  };
  if (warm_s > 0) {
    const coming = load(server, clients, 50, warm_s, `warm${messages}`);
    await askFor(warm_s);
    await coming;
  }
  const found: object[] = [];
  for (const rate of rates) {
    const coming = rate > 0 ? load(server, clients, rate, seconds, `r${messages}`) : undefined;
    const times = await askFor(seconds);
    const result = await coming;
    found.push({
      messages_a_second: rate,
      ...(result && { acknowledged: result.acknowledged_rate, ack_ms: result.ack_ms }),
      ms: Object.fromEntries(
        Object.entries(times).map(([kind, all]) => [
          kind,
          { p50: percentile(all, 50), p99: percentile(all, 99), asked: all.length },
        ]),
      ),
    });
  }
  disconnect(clients);
  await server.stop();
  return found;
}

function any(below: number): number {
  return Math.floor(Math.random() * below);
}
