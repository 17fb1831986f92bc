import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { signToken } from '../../edge/auth/tokens.ts';
import { MeasuredProcess } from './process.ts';
import { RawSocket } from './raw-socket.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('..', import.meta.url));
const cache = `${tmpdir()}/millrace-bench-cache`;
const secret = 'a secret for benchmarks, long enough';
const builds_ms = 300_000;

/** A server with clients in its channels; client n hears the channels that it is given, `channel-0` and on. */
export interface Contender {
  process: MeasuredProcess;
  connect(n: number, channels: string[]): Promise<RawSocket>;
  /** Fields of an order that only this one needs. */
  order(channels: string[]): object;
  stop(): Promise<void>;
}

export interface How {
  /** The core that the server has to itself, all its threads; any, where it is not given. */
  core?: number;
  /** Millrace's settings. */
  env?: { [name: string]: string };
}

export type Start = (clients: string[][], how?: How) => Promise<Contender>;

/** Lets client n in, from an address of its own where one is given. */
type Connect = (url: string, n: number, channels: string[], localAddress?: string) => Promise<RawSocket>;

export const connects: { bare: Connect; millrace: Connect } = {
  bare: (url, _, channels, localAddress) =>
    RawSocket.open(`${url}/socket?channels=${channels.join(',')}`, {}, localAddress),
  millrace: async (url, n, _, localAddress) => {
    const protocol = `millrace.v1, bearer.${await tokenOf(`u${n}`)}`;
    return RawSocket.open(`${url}/v1/socket`, { 'Sec-WebSocket-Protocol': protocol }, localAddress);
  },
};

/** Who imports all others. */
const filler = 'u0';

/** By user: a client that comes back has its token still. */
const tokens = new Map<string, Promise<string>>();

function tokenOf(user: string): Promise<string> {
  // As the directory knows them: a token that says another role changes it, which costs more than to let its bearer in.
  const role = user === filler ? 'owner' : 'member';
  const known = tokens.get(user) ?? signToken(secret, { user_id: user, workspace_id: 'bench', role }, 3600);
  tokens.set(user, known);
  return known;
}

export const bare: Start = async (_, { core } = {}) => {
  const args = ['--import', 'tsx', `${here}edge/bare-server.ts`];
  const server = await MeasuredProcess.start(process.execPath, args, {}, core);
  return {
    process: server,
    connect: (n, channels) => connects.bare(server.url, n, channels),
    order: () => ({}),
    stop: () => server.stop(),
  };
};

/** Users and channels come by an import; `clients` says who is in which. */
export const millrace: Start = async (clients, how) => {
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  // By a process of its own: what is measured has nothing of it in its memory.
  const filling = await millraceOn(folder);
  await fill(filling.url, await tokenOf(filler), clients);
  await filling.stop();
  const server = await millraceOn(folder, how);
  return {
    process: server,
    connect: (n, channels) => connects.millrace(server.url, n, channels),
    order: (channels) => ({ ids: channels }),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
};

function millraceOn(folder: string, { core, env }: How = {}): Promise<MeasuredProcess> {
  const args = ['--import', 'tsx', `${here}edge/millrace-server.ts`];
  const settings = {
    PORT: '0',
    MILLRACE_DATA_DIR: folder,
    MILLRACE_JWT_SECRET: secret,
    MILLRACE_RATE_LIMIT: 'off',
    MILLRACE_LOG_LEVEL: 'warn',
    ...env,
  };
  return MeasuredProcess.start(process.execPath, args, settings, core);
}

async function fill(url: string, token: string, clients: string[][]): Promise<void> {
  const post = async (items: object[]): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ items });
    const once = () => fetch(`${url}/v1/imports`, { method: 'POST', headers, body });
    // A connection that the server has just given up for idle fails the first; an import that comes twice adds nothing.
    const answer = await once().catch(once);
    const text = await answer.text();
    if (answer.status !== 200 || text.includes('"failed"')) throw new Error(`not filled: ${text.slice(0, 500)}`);
  };
  const users = clients.map((_, n) => ({ type: 'user', user_id: `u${n}`, name: `u${n}` }));
  for (let at = 0; at < users.length; at += 500) await post(users.slice(at, at + 500));
  const members = new Map<string, string[]>();
  for (const [n, channels] of clients.entries())
    for (const channel of channels) {
      const all = members.get(channel);
      if (all) all.push(`u${n}`);
      else members.set(channel, [`u${n}`]);
    }
  const left = [...members];
  const some = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [channel_id, all] = next;
      for (let at = 0; at < all.length; at += 900)
        await post([
          {
            ...{ type: 'channel', channel_id, name: channel_id, channel_type: 'public', creator_id: all[0] },
            ...{ members: all.slice(at, at + 900), created_at: '2026-01-01T00:00:00Z' },
          },
        ]);
    }
  };
  await Promise.all(Array.from({ length: 4 }, some));
}

/** Centrifuge with history and recovery on. Wants Go. */
export const centrifuge: Start = async (_, { core } = {}) => {
  await mkdir(cache, { recursive: true });
  const binary = `${cache}/centrifuge`;
  await run('go', ['build', '-o', binary, '.'], { cwd: `${here}competitors/centrifuge`, timeout: builds_ms });
  const server = await MeasuredProcess.start(binary, [], { GOMAXPROCS: '1' }, core);
  return {
    process: server,
    connect: async (_, channels) => {
      const socket = await RawSocket.open(`${server.url}/socket`);
      // What waits for a client goes into one frame, a line for each message.
      socket.countsLines = true;
      socket.onText = (text) => {
        // Its own ping, an empty command, wants an empty one back.
        if (text === '{}') socket.send('{}');
        if (text.startsWith('{"id":1,'))
          for (const [i, channel] of channels.entries())
            socket.send(JSON.stringify({ id: i + 2, subscribe: { channel } }));
      };
      socket.send('{"id":1,"connect":{}}');
      return socket;
    },
    order: () => ({}),
    stop: () => server.stop(),
  };
};

export const socketIo: Start = async (_, { core } = {}) => {
  const folder = `${cache}/socket-io`;
  await mkdir(folder, { recursive: true });
  await cp(`${here}competitors/socket-io`, folder, { recursive: true });
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, timeout: builds_ms });
  const server = await MeasuredProcess.start(process.execPath, [`${folder}/server.mjs`], {}, core);
  return {
    process: server,
    connect: async (_, channels) => {
      const socket = await RawSocket.open(`${server.url}/socket.io/?EIO=4&transport=websocket`);
      // Engine.IO's open, and its pings; then Socket.IO's connect, and the rooms.
      socket.onText = (text) => {
        if (text === '2') socket.send('3');
        else if (text.startsWith('0')) socket.send('40');
        else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['join', channels])}`);
      };
      return socket;
    },
    order: () => ({}),
    stop: () => server.stop(),
  };
};
