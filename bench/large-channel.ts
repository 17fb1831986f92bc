import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { signToken } from '../edge/auth/tokens.ts';
import { MeasuredProcess } from './edge/process.ts';
import { RawSocket } from './edge/raw-socket.ts';
import { freshDatabase, stack } from './stack.ts';
import { percentile, round } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const secret = 'a secret for benchmarks, long enough';
const gateways = 3;
const channel = 'everyone';
const watchers = 20;

/**
 * A channel of 100,000 people, 10,000 of them with a socket, over three gateways, on the real engines: from a send until the
 * last of them has it, records that go to gateways for a message, and frames for a change of presence.
 */
export async function largeChannel({ quick }: { quick: boolean }): Promise<object> {
  const [members, online, messages] = quick ? [2000, 300, 3] : [100_000, 10_000, 20];
  const settings = await stack();
  const namespace = `large-${process.pid}`;
  const url = await freshDatabase(settings['MILLRACE_POSTGRES_URL']!, namespace);
  const folders: string[] = [];
  const start = async (role: string): Promise<MeasuredProcess> => {
    const folder = await mkdtemp(`${tmpdir()}/millrace-bench-${role}-`);
    folders.push(folder);
    return MeasuredProcess.start(process.execPath, [`${root}cli/bin.mjs`, role, '--json'], {
      ...settings,
      MILLRACE_DATA_DIR: folder,
      MILLRACE_NAMESPACE: namespace,
      MILLRACE_POSTGRES_URL: url,
      MILLRACE_GATEWAYS: String(gateways),
      MILLRACE_JWT_SECRET: secret,
      MILLRACE_RATE_LIMIT: 'off',
      MILLRACE_LOG_LEVEL: 'warn',
      MILLRACE_PARTITIONS: '4',
      PORT: '0',
    });
  };
  const worker = await start('run');
  const edges: MeasuredProcess[] = [];
  for (let i = 0; i < gateways; i++) edges.push(await start('edge'));
  const filled_s = await fill(edges[0]!.url, members);
  const began = performance.now();
  const sockets = await connectAll(edges, online);
  const connected_s = (performance.now() - began) / 1000;
  await sleep(5000);

  const before = await framesOf(edges);
  const cpu = [worker, ...edges].map((one) => one.cpu());
  const last: number[] = [];
  const first: number[] = [];
  for (let i = 0; i < messages; i++) {
    const times = await oneMessage(sockets, `m${i}`);
    first.push(times.first);
    last.push(times.last);
    await sleep(1000);
  }
  const spent = [worker, ...edges].map((one, i) => one.cpu() - cpu[i]!);
  const after = await framesOf(edges);
  const found = {
    members,
    online,
    gateways,
    messages,
    filled_s: round(filled_s),
    connected_s: round(connected_s),
    first_delivery_ms: { p50: percentile(first, 50), most: percentile(first, 100) },
    last_delivery_ms: { p50: percentile(last, 50), most: percentile(last, 100) },
    records_to_gateways_a_message: round((after.records - before.records) / messages),
    deliveries_a_message: online,
    cpu_us_a_delivery: round((spent.reduce((sum, s) => sum + s, 0) * 1e6) / (messages * online)),
    presence: await presence(sockets, edges),
  };
  for (const { socket } of sockets) socket.destroy();
  await Promise.all([worker, ...edges].map((one) => one.stop()));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  return found;
}

interface Person {
  user: string;
  socket: RawSocket;
}

/** From the send until the first and the last socket has it; the loader reads all of them on the same cores. */
async function oneMessage(sockets: Person[], id: string): Promise<{ first: number; last: number }> {
  const counts = sockets.map(({ socket }) => socket.frames);
  const began = performance.now();
  let first = 0;
  sockets[0]!.socket.send(
    JSON.stringify({ type: 'send', id, channel_id: channel, text: 'x'.repeat(200), client_msg_id: id }),
  );
  for (let left = sockets.length; left > 0; ) {
    await new Promise((resolve) => setImmediate(resolve));
    left = sockets.reduce((sum, { socket }, i) => sum + (socket.frames > counts[i]! ? 0 : 1), 0);
    if (first === 0 && left < sockets.length) first = performance.now() - began;
    if (performance.now() - began > 30_000) throw new Error(`${left} sockets did not hear ${id}`);
  }
  return { first, last: performance.now() - began };
}

/** Some watch 200 people; each change of one of these is a frame for each of them, and nobody else. */
async function presence(sockets: Person[], edges: MeasuredProcess[]): Promise<object> {
  const watched = sockets.slice(100, 300);
  for (const { socket } of sockets.slice(0, watchers))
    socket.send(JSON.stringify({ type: 'presence.watch', id: 'w', user_ids: watched.map(({ user }) => user) }));
  await sleep(3000);
  const before = await framesOf(edges);
  const changes = 10;
  for (const { socket } of watched.slice(0, changes))
    socket.send(JSON.stringify({ type: 'presence.set', id: 'p', status: 'busy' }));
  await sleep(5000);
  const after = await framesOf(edges);
  return { watchers, watched_each: watched.length, changes, frames: after.presence - before.presence };
}

async function framesOf(edges: MeasuredProcess[]): Promise<{ records: number; presence: number }> {
  const texts = await Promise.all(edges.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const of = (metric: string): number =>
    texts
      .flatMap((text) => [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))])
      .reduce((sum, [, value]) => sum + Number(value), 0);
  return { records: of('millrace_frames_published_total'), presence: of('millrace_presence_frames_total') };
}

async function fill(url: string, members: number): Promise<number> {
  const began = performance.now();
  const token = await tokenOf('u0');
  const post = async (items: object[]): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/imports`, { method: 'POST', headers, body: JSON.stringify({ items }) });
    const text = await answer.text();
    if (answer.status !== 200 || text.includes('"failed"')) throw new Error(`not filled: ${text.slice(0, 500)}`);
  };
  const users = Array.from({ length: members }, (_, n) => `u${n}`);
  for (let at = 0; at < users.length; at += 500)
    await post(users.slice(at, at + 500).map((user_id) => ({ type: 'user', user_id, name: user_id })));
  const own = { type: 'channel', channel_id: channel, name: channel, channel_type: 'public', creator_id: 'u0' };
  for (let at = 0; at < users.length; at += 900)
    await post([{ ...own, members: users.slice(at, at + 900), created_at: '2026-01-01T00:00:00Z' }]);
  return (performance.now() - began) / 1000;
}

async function connectAll(edges: MeasuredProcess[], online: number): Promise<Person[]> {
  const people: Person[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < online) {
      const n = next++;
      const user = `u${n}`;
      const protocol = `millrace.v1, bearer.${await tokenOf(user)}`;
      const url = `${edges[n % edges.length]!.url}/v1/socket`;
      const socket = await RawSocket.open(url, { 'Sec-WebSocket-Protocol': protocol });
      while (socket.frames === 0) await sleep(5);
      people[n] = { user, socket };
    }
  };
  await Promise.all(Array.from({ length: 50 }, one));
  return people;
}

function tokenOf(user: string): Promise<string> {
  return signToken(secret, { user_id: user, workspace_id: `bench-${process.pid}`, role: 'owner' }, 3600);
}
