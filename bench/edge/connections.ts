import { round } from '../statistics.ts';
import { bare, type Contender, millrace, type Start } from './contenders.ts';
import type { RawSocket } from './raw-socket.ts';

/** What idle connections take and how fast they come, beside bare uWebSockets.js. */
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
  return { idle };
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

/** So many at once; resolves when each has had its first frame, and is told it. `heads` gets what `hello` says. */
export async function connectAll(
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

export const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3000));
