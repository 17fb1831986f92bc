import { round } from '../statistics.ts';
import { bare, type Contender, millrace, type Start } from './contenders.ts';
import type { RawSocket } from './raw-socket.ts';

/** What idle connections take and how fast they come, and a crowd that comes back at once and resumes: beside bare uWebSockets.js. */
export async function connections({ quick }: { quick: boolean }): Promise<object> {
  const idle: object[] = [];
  for (const [sockets, channels] of quick
    ? ([[500, 20]] as const)
    : ([
        [10_000, 20],
        [2_000, 300],
      ] as const))
    idle.push({
      sockets,
      channels_each: channels,
      bare: await idleOf(bare, sockets, channels),
      millrace: await idleOf(millrace, sockets, channels),
    });
  const storms: object[] = [];
  for (const [sockets, channels] of quick
    ? ([[300, 20]] as const)
    : ([
        [5_000, 20],
        [1_000, 300],
        [5_000, 300],
      ] as const))
    storms.push(await storm(sockets, channels));
  return { idle, storms };
}

/** Client n is in `each` of `all` channels, spread evenly. */
export function membership(sockets: number, each: number): string[][] {
  const all = each * 2;
  return Array.from({ length: sockets }, (_, n) =>
    Array.from({ length: each }, (_, i) => `channel-${(n * 7 + i * 2 + (n % 2)) % all}`),
  );
}

async function idleOf(start: Start, sockets: number, each: number): Promise<object> {
  const clients = membership(sockets, each);
  const contender = await start(clients);
  const some = await connectAll(contender, clients.slice(0, 100));
  await quiet();
  const [before, own] = [contender.process.rss(), contender.process.ownRss()];
  const [cpu, began] = [contender.process.cpu(), performance.now()];
  const open = await connectAll(contender, clients.slice(100), 100);
  const seconds = (performance.now() - began) / 1000;
  const cpu_us = ((contender.process.cpu() - cpu) * 1e6) / open.length;
  await quiet();
  const bytes = (contender.process.rss() - before) / open.length;
  const ownBytes = (contender.process.ownRss() - own) / open.length;
  const lost = [...some, ...open].filter(({ closed }) => closed).length;
  for (const socket of [...some, ...open]) socket.destroy();
  await contender.stop();
  return {
    kib_of_rss_each: round(bytes / 1024),
    kib_of_own_rss_each: round(ownBytes / 1024),
    seconds_to_connect: round(seconds),
    cpu_us_each: Math.round(cpu_us),
    lost,
  };
}

const eventStart = /^\{"type":"event","channel_id":"([^"]+)","rev":(\d+),/;

/** Everybody has heard all so far, is cut off, misses an event in each channel, comes back at once and resumes. */
async function storm(sockets: number, each: number): Promise<object> {
  const clients = membership(sockets, each);
  const contender = await millrace(clients);
  const names = [...new Set(clients.flat())];
  const heads = new Map<string, number>();
  const first = await connectAll(contender, clients, 0, heads);
  for (const socket of first) socket.destroy();
  await contender.process.order({ ...contender.order(names), rate: names.length * 2, seconds: 0.5 });
  await quiet();
  const [cpu, began] = [contender.process.cpu(), performance.now()];
  const caughtUp: number[] = [];
  let [missing, doubled] = [0, 0];
  const back = await connectAll(contender, clients, 0, undefined, (socket, n) => {
    const seen = new Set<string>();
    socket.textBound = 1 << 20;
    socket.onText = (text) => {
      // Its start is enough: to parse every event would make the loader the limit.
      const event = eventStart.exec(text);
      if (event) {
        if (Number(event[2]) <= heads.get(event[1]!)!) return;
        const key = `${event[1]} ${event[2]}`;
        if (seen.has(key)) doubled++;
        seen.add(key);
      }
      if (!text.startsWith('{"type":"resumed"')) return;
      caughtUp.push(performance.now() - began);
      missing += clients[n]!.filter((id) => !seen.has(`${id} ${heads.get(id)! + 1}`)).length;
      socket.onText = undefined;
    };
    const channels = Object.fromEntries(clients[n]!.map((id) => [id, heads.get(id)!]));
    socket.send(JSON.stringify({ type: 'resume', id: 'r', channels }));
  });
  for (let waited = 0; caughtUp.length < back.length && waited < 600; waited++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const cut = back.filter(({ closed }) => closed).length;
  const cpu_s = contender.process.cpu() - cpu;
  for (const socket of back) socket.destroy();
  await contender.stop();
  const last = Math.max(...caughtUp) / 1000;
  return {
    ...{ sockets, channels_each: each, caught_up: caughtUp.length, seconds_until_the_last: round(last) },
    ...{ cpu_s: round(cpu_s), missing, doubled, cut },
  };
}

/** So many at once; resolves when each has had its first frame, and is told it. `heads` gets what `hello` says. */
async function connectAll(
  contender: Contender,
  clients: string[][],
  from = 0,
  heads?: Map<string, number>,
  greeted?: (socket: RawSocket, n: number) => void,
): Promise<RawSocket[]> {
  const open: RawSocket[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < clients.length) {
      const n = next++;
      const socket = await contender.connect(from + n, clients[n]!);
      open.push(socket);
      await new Promise<void>((resolve) => {
        socket.textBound = 1 << 20;
        socket.onText = (text) => {
          socket.onText = undefined;
          socket.textBound = 300;
          if (heads) {
            const hello = JSON.parse(text) as { channels?: { channel_id: string; head: { rev: number } }[] };
            for (const { channel_id, head } of hello.channels ?? []) heads.set(channel_id, head.rev);
          }
          resolve();
        };
      });
      greeted?.(socket, n);
    }
  };
  await Promise.all(Array.from({ length: 200 }, one));
  return open;
}

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3000));
