import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fillSearch, fillStore, wordOf } from './fill.ts';
import { connect, disconnect, load } from './load.ts';
import { startMillraceIn } from './servers.ts';
import { percentile } from './statistics.ts';

const channels = 100;
/** Questions a second, one after the other of each kind. */
const asked = 20;

/** A page of history and a search, beside so many messages a second that come in. Embedded. */
export async function reading({ quick }: { quick: boolean }): Promise<object> {
  const found: object[] = [];
  for (const messages of quick ? [10_000] : [100_000, 1_000_000])
    found.push(await withMessages(messages, quick ? 4 : 30));
  return { channels, text_bytes: 200, questions_a_second: asked, found };
}

async function withMessages(messages: number, seconds: number): Promise<object> {
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  // Once, so that its folders are there; then with nobody looking.
  await (await startMillraceIn(folder)).stop();
  await fillStore(folder, messages, channels);
  await fillSearch(folder, messages, channels);
  const server = await startMillraceIn(folder);
  const headers = { authorization: `Bearer ${await server.token('reader')}`, 'content-type': 'application/json' };
  const get = async (path: string): Promise<{ ms: number; body: string }> => {
    const began = performance.now();
    const answer = await fetch(`${server.url}${path}`, { headers });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body}`);
    return { ms: performance.now() - began, body };
  };
  await get('/v1/unreads');
  for (let n = 0; n < channels; n++) {
    const item = { type: 'channel', channel_id: `c${n}`, name: `c${n}`, channel_type: 'public', creator_id: 'reader' };
    const body = JSON.stringify({ items: [{ ...item, members: [], created_at: '2026-01-01T00:00:00Z' }] });
    await fetch(`${server.url}/v1/imports`, { method: 'POST', headers, body });
  }
  const clients = await connect(server, 100, 10);
  const pages: { [kind: string]: () => Promise<{ ms: number; body: string }> } = {
    'newest page': () => get(`/v1/channels/c${any(channels)}/messages?limit=50`),
    'page far back': () =>
      get(`/v1/channels/c${any(channels)}/messages?limit=50&before=${2n ** 60n + BigInt(any(messages))}`),
    'search for a frequent word': () => get(`/v1/search?q=${wordOf(any(5))}&limit=20`),
    'search for a rare word': () => get(`/v1/search?q=${wordOf(3000 + any(1000))}&limit=20`),
    'search for two words in a channel': () =>
      get(`/v1/search?q=${wordOf(any(50))} ${wordOf(any(50))}&channel_id=c${any(channels)}`),
  };
  const rates: object[] = [];
  for (const rate of [0, 1000]) {
    const times: { [kind: string]: number[] } = {};
    const coming = rate > 0 ? load(server, clients, rate, seconds, `r${messages}`) : undefined;
    const until = performance.now() + seconds * 1000;
    for (let n = 0; performance.now() < until; n++) {
      const kind = Object.keys(pages)[n % Object.keys(pages).length]!;
      const { ms } = await pages[kind]!();
      times[kind] = [...(times[kind] ?? []), ms];
      await new Promise((resolve) => setTimeout(resolve, 1000 / asked));
    }
    const result = await coming;
    rates.push({
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
  await rm(folder, { recursive: true });
  return { messages, rates };
}

function any(below: number): number {
  return Math.floor(Math.random() * below);
}
