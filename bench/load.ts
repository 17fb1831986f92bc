import WebSocket from 'ws';
import type { BenchServer } from './servers.ts';
import { percentile } from './statistics.ts';

export interface Client {
  user: string;
  socket: WebSocket;
  channel: string;
}

export interface LoadResult {
  /** Messages a second: asked for, and acknowledged. */
  rate: number;
  acknowledged_rate: number;
  sent: number;
  acknowledged: number;
  refused: number;
  first_refusal?: string;
  deliveries: number;
  ack_ms: { p50: number; p99: number };
  receive_ms: { p50: number; p99: number };
  /** Microseconds of the server's CPU for each message, its deliveries included. */
  cpu_us_per_message: number;
}

/** `sockets` clients in channels of `perChannel`, each told hello. */
export async function connect(server: BenchServer, sockets: number, perChannel: number): Promise<Client[]> {
  const users = Array.from({ length: sockets }, (_, i) => `user-${i}`);
  const tokens = await Promise.all(users.map((user) => server.token(user)));
  const channels: string[] = [];
  for (let from = 0; from < sockets; from += perChannel) {
    channels.push(
      await makeChannel(server, tokens.slice(from, from + perChannel), users.slice(from, from + perChannel), from),
    );
  }
  return Promise.all(users.map((user, i) => open(server, user, channels[Math.floor(i / perChannel)]!)));
}

/** A socket of a person who is in the channel, told hello. */
export async function open(server: BenchServer, user: string, channel: string): Promise<Client> {
  const url = `${server.url.replace('http', 'ws')}/v1/socket?channel=${channel}`;
  const token = await server.token(user);
  const socket = new WebSocket(url, ['millrace.v1', `bearer.${token}`], { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('message', () => resolve());
    socket.once('error', reject);
  });
  return { user, socket, channel };
}

/** On the bare server a channel is only a name. */
async function makeChannel(server: BenchServer, tokens: string[], users: string[], n: number): Promise<string> {
  const call = (token: string, method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => new Response(null, { status: 599 }));
  const probe = await call(tokens[0]!, 'GET', '/v1/channels');
  if (probe.status !== 200) return `channel-${n}`;
  await Promise.all(tokens.map((token) => call(token, 'GET', '/v1/unreads')));
  const made = await call(tokens[0]!, 'POST', '/v1/channels', { name: `bench-${n}`, type: 'public', members: users });
  if (made.status !== 201) throw new Error(`channel not made: ${made.status} ${await made.text()}`);
  return ((await made.json()) as { channel: { channel_id: string } }).channel.channel_id;
}

/**
 * Sends at a fixed rate for some seconds, whatever comes back (open loop): a latency counts from when its send was due, so
 * a server that stalls can't hide it. Texts have 200 bytes.
 */
export async function load(
  server: BenchServer,
  clients: Client[],
  rate: number,
  seconds: number,
  label: string,
): Promise<LoadResult> {
  const due = new Map<string, number>();
  const acks: number[] = [];
  const receipts: number[] = [];
  let refused = 0;
  let firstRefusal: string | undefined;
  const listeners = clients.map(({ socket }) => {
    const listen = (data: Buffer): void => {
      const now = performance.now();
      const frame = JSON.parse(data.toString()) as {
        type: string;
        id?: string;
        event?: { message?: { client_msg_id: string } };
      };
      if (frame.type === 'ack') {
        const at = due.get(frame.id ?? '');
        if (at !== undefined) acks.push(now - at);
      } else if (frame.type === 'event') {
        const at = due.get(frame.event?.message?.client_msg_id ?? '');
        if (at !== undefined) receipts.push(now - at);
      } else if (frame.type === 'error') {
        refused++;
        firstRefusal ??= data.toString();
      }
    };
    socket.on('message', listen);
    return () => socket.off('message', listen);
  });
  const text = 'x'.repeat(200);
  const cpuBefore = server.cpu();
  const began = performance.now();
  const total = rate * seconds;
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const wanted = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
      while (sent < wanted) {
        const id = `${label}-${sent}`;
        due.set(id, began + ((sent + 1) / rate) * 1000);
        const { socket, channel } = clients[sent % clients.length]!;
        socket.send(JSON.stringify({ type: 'send', id, channel_id: channel, text, client_msg_id: id }));
        sent++;
      }
      if (sent >= total) {
        clearInterval(timer);
        resolve();
      }
    }, 1);
  });
  for (let i = 0; i < 1000 && acks.length + refused < sent; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const elapsed = (performance.now() - began) / 1000;
  for (const stop of listeners) stop();
  return {
    rate,
    acknowledged_rate: Math.round(acks.length / elapsed),
    sent,
    acknowledged: acks.length,
    refused,
    ...(firstRefusal === undefined ? {} : { first_refusal: firstRefusal }),
    deliveries: receipts.length,
    ack_ms: { p50: percentile(acks, 50), p99: percentile(acks, 99) },
    receive_ms: { p50: percentile(receipts, 50), p99: percentile(receipts, 99) },
    cpu_us_per_message: Math.round(((server.cpu() - cpuBefore) * 1e6) / sent),
  };
}

export function disconnect(clients: Client[]): void {
  for (const { socket } of clients) socket.terminate();
}
