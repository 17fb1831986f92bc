import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { answer } from './fake-rest.ts';
import { FakeWorkspace, NAMES, Refusal } from './fake-workspace.ts';

const DIST = join(dirname(fileURLToPath(import.meta.url)), 'dist');
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
};
const CSP = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:";

/** Serves the built page and a fake workspace to it, as the edge would: what tests of the page in a browser need. */
export class FakeServer {
  readonly workspace = new FakeWorkspace();
  readonly #sockets = new Map<WebSocket, string>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port = 0;
  /** Answers every call with 503, and closes new sockets. */
  down = false;
  /** Refuses sends of this text. */
  refuse = 'refuse me';
  /** Before each answer. */
  delayMs = 0;

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    const handleProtocols = () => 'millrace.v1';
    const sockets = new WebSocketServer({ server: fake.#server, path: '/v1/socket', handleProtocols });
    sockets.on('connection', (socket, request) => fake.#connect(socket, request));
    fake.workspace.onEvent = (room, frame) => fake.#tell((user) => room.members.has(user), frame);
    fake.workspace.onPresence = (user_id, status) => fake.#tell(() => true, { type: 'presence', user_id, status });
    await fake.#listen();
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** As if the network were gone: nothing answers at this address until `back`. */
  async away(): Promise<void> {
    await this.close();
  }

  async back(): Promise<void> {
    await this.#listen();
  }

  /** A link that signs in, as the start command prints them. */
  link(user: string, role = 'member'): string {
    const claims = JSON.stringify({ sub: user, workspace_id: 'demo', name: NAMES[user], role });
    return `${this.url}/#token=e30.${Buffer.from(claims).toString('base64url')}.c2ln`;
  }

  type(channelId: string, user: string): void {
    this.#tell(() => true, { type: 'typing', user_id: user, channel_id: channelId });
  }

  /** Takes someone out of a channel, as another member would. */
  remove(channelId: string, user: string): void {
    this.workspace.find(channelId).members.delete(user);
    this.#tell((other) => other === user, { type: 'channel.removed', channel_id: channelId });
  }

  cut(code?: number): void {
    for (const socket of this.#sockets.keys()) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
  }

  close(): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #tell(whom: (user: string) => boolean, frame: object): void {
    for (const [socket, user] of this.#sockets) if (whom(user)) send(socket, frame);
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    const user = userOf((request.headers['sec-websocket-protocol'] ?? '').split(/,\s*bearer\./)[1]);
    if (!user || this.down) {
      socket.close(user ? 1012 : 4401);
      return;
    }
    this.#sockets.set(socket, user);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('message', (data) => void this.#frame(socket, user, JSON.parse(String(data)) as Record<string, string>));
    const channels = this.workspace
      .own(user)
      .map(({ channel, log, seq }) => ({ channel_id: channel.channel_id, head: { rev: log.length, seq } }));
    const who = { connection_id: 'x', user_id: user, workspace_id: 'demo' };
    send(socket, { type: 'hello', ...who, heartbeat_ms: 10_000, channels });
  }

  async #frame(socket: WebSocket, user: string, frame: Record<string, string>): Promise<void> {
    const { type, id, channel_id = '', text = '', client_msg_id = '', thread_id } = frame;
    await this.#delay();
    if (type === 'ping') send(socket, { type: 'pong', id });
    else if (type === 'resume') {
      const channels: Record<string, object> = {};
      for (const [key, rev] of Object.entries(frame['channels'] as unknown as Record<string, number>)) {
        const { log, seq, members } = this.workspace.find(key);
        if (!members.has(user)) {
          channels[key] = { status: 'gone' };
          continue;
        }
        for (const event of log.slice(rev)) send(socket, event);
        channels[key] = { status: 'caught_up', head: { rev: log.length, seq } };
      }
      send(socket, { type: 'resumed', id, channels });
    } else if (type === 'presence.watch') {
      const ids = frame['user_ids'] as unknown as string[];
      const status = (user: string) => this.workspace.presence.get(user)?.status ?? 'online';
      send(socket, { type: 'ack', id, presence: ids.map((user_id) => ({ user_id, status: status(user_id) })) });
    } else if (type === 'send' && text === this.refuse) {
      send(socket, { type: 'error', id, code: 'invalid_request', detail: 'This text is not allowed here.' });
    } else if (type === 'send') {
      const extra = { client_msg_id, ...(thread_id ? { thread_id } : {}) };
      send(socket, { type: 'ack', id, message: this.workspace.say(channel_id, user, text, extra) });
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (!url.pathname.startsWith('/v1/')) {
      await file(url.pathname, response);
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    await this.#delay();
    try {
      const user = userOf(request.headers.authorization?.slice(7));
      if (!user) throw new Refusal(401, 'unauthenticated', 'The token is not valid.');
      if (this.down) throw new Refusal(503, 'unavailable', 'The message store does not answer.');
      const result = answer(this.workspace, {
        user,
        method: request.method ?? 'GET',
        url,
        body: body ? (JSON.parse(body) as Record<string, unknown>) : {},
        tell: (frame) => this.#tell((other) => other === user, frame),
      });
      response.writeHead(result ? 200 : 204, { 'content-type': 'application/json' });
      response.end(result && JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message: detail } = error;
      response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '0' });
      response.end(JSON.stringify({ type: 'about:blank', title: code, status, code, detail }));
    }
  }

  async #delay(): Promise<void> {
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
  }
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

function userOf(token: string | undefined): string | undefined {
  if (!token?.includes('.')) return undefined;
  return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub?: string }).sub;
}

/** The page at /, its files below /assets, under a policy that lets nothing inline run. */
async function file(path: string, response: ServerResponse): Promise<void> {
  const name = path === '/' ? '/index.html' : normalize(path);
  try {
    const content = await readFile(join(DIST, name));
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP });
    response.end(content);
  } catch {
    // No such file: 404 is the whole answer.
    response.writeHead(404).end();
  }
}
