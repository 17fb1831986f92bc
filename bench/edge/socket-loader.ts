// Holds a part of many sockets, from a source address of its own: one process may not open enough files for all.
import { createInterface } from 'node:readline';
import { connects } from './contenders.ts';
import type { RawSocket } from './raw-socket.ts';

export interface LoaderOrder {
  contender: keyof typeof connects;
  url: string;
  address: string;
  /** The number of the first of these clients, and the channels of each. */
  from: number;
  clients: string[][];
}

/** How those that an order let in were greeted: by the type of their first frame. */
export interface LoaderAnswer {
  greeted: { [type: string]: number };
  /** Of all sockets so far. */
  closed: number;
}

const atOnce = 100;
const greeting_ms = 60_000;
const open: RawSocket[] = [];

async function greeted({ contender, url, address, from, clients }: LoaderOrder): Promise<{ [type: string]: number }> {
  const types: { [type: string]: number } = {};
  let next = 0;
  const some = async (): Promise<void> => {
    while (next < clients.length) {
      const n = next++;
      const socket = await connects[contender](url, from + n, clients[n]!, address);
      open.push(socket);
      const type = await firstFrame(socket);
      types[type] = (types[type] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, some));
  return types;
}

function firstFrame(socket: RawSocket): Promise<string> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve('none'), greeting_ms);
    socket.textBound = 1 << 20;
    socket.onText = (text) => {
      clearTimeout(late);
      socket.onText = undefined;
      resolve((JSON.parse(text) as { type: string }).type);
    };
  });
}

console.log('{"url":""}');
createInterface({ input: process.stdin }).on('line', async (line) => {
  const types = await greeted(JSON.parse(line) as LoaderOrder);
  console.log(JSON.stringify({ greeted: types, closed: open.filter(({ closed }) => closed).length }));
});
process.on('SIGTERM', () => process.exit(0));
