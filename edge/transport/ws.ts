import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type HttpRequest,
  type Socket,
  socketPaths,
  type Transport,
  type TransportHandlers,
  type TransportLimits,
} from './port.ts';
import type { TlsFiles } from './tls.ts';
import { oversized, portInUse } from './uws.ts';

/** Transport on node:http and ws: the same contract where uWebSockets.js has no binary. */
export function wsTransport(handlers: TransportHandlers, limits: TransportLimits, tls?: TlsFiles): Transport {
  const topics = new Map<string, Set<WsSocket>>();
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(request, response, handlers, limits);
  const server = tls
    ? createTlsServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, answer)
    : createServer(answer);
  // Longer than clients and balancers keep idle connections, so that none of them meets one that just closed.
  server.keepAliveTimeout = 75_000;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frame_bytes,
    handleProtocols: (protocols) => (protocols.has('millrace.v1') ? 'millrace.v1' : false),
  });
  server.on('upgrade', (request, stream, head) => {
    const { path, query } = target(request);
    if (!Object.values<string>(socketPaths).includes(path)) return stream.destroy();
    sockets.handleUpgrade(request, stream, head, (ws) => open(ws, request, path, query));
  });

  function open(ws: WebSocket, request: IncomingMessage, path: string, query: string): void {
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((value) => value.trim());
    const handshake = { authorization: request.headers.authorization, protocols, query };
    const socket = new WsSocket(ws, path, topics, limits.unsent_bytes, () => handlers.overflowed(socket));
    ws.on('message', (data: Buffer, binary) => handlers.message(socket, data, binary));
    ws.on('pong', () => handlers.alive(socket));
    // 'close' follows each error and tells the code; an unheard 'error' would end the process.
    ws.on('error', () => ws.terminate());
    ws.on('close', (code) => {
      socket.leaveAll();
      handlers.closed(socket, code);
    });
    handlers.open(socket, handshake);
  }

  return {
    name: 'ws',
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        // For good: what can't be accepted later, for want of descriptors, say, must not end the process.
        server.on('error', (error: NodeJS.ErrnoException) =>
          reject(error.code === 'EADDRINUSE' ? portInUse(port) : error),
        );
        server.listen(port, host, () => resolve((server.address() as { port: number }).port));
      }),
    publish: (topic, frame) => {
      for (const socket of topics.get(topic) ?? []) socket.send(frame);
    },
    stopListening: () => void server.close(),
    close: () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Cut by hand: a URL throws for what anyone may send, and an upgrade has nobody to catch it. */
function target({ url = '/' }: IncomingMessage): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: TransportHandlers,
  limits: TransportLimits,
): Promise<void> {
  const { path, query } = target(request);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size <= limits.http_body_bytes) chunks.push(chunk as Buffer);
      // What is a little too large is read to its end, so that the client hears the answer instead of a cut connection.
      else if (size > 4 * limits.http_body_bytes) break;
    }
  } catch {
    // The client went away while it sent: there is nobody to answer.
    return;
  }
  const message: HttpRequest = {
    method: request.method ?? 'GET',
    path,
    query,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: size > limits.http_body_bytes ? oversized : Buffer.concat(chunks),
  };
  const { status, headers, body } = await handlers.http(message);
  // The rest of a body that was not read would stand before the next request.
  const last = message.body === oversized ? { connection: 'close' } : {};
  response.writeHead(status, { ...headers, ...last, 'content-length': String(Buffer.byteLength(body)) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

class WsSocket implements Socket {
  private readonly joined = new Set<string>();

  constructor(
    private readonly ws: WebSocket,
    readonly path: string,
    private readonly topics: Map<string, Set<WsSocket>>,
    private readonly bound: number,
    private readonly overflowed: () => void,
  ) {}

  send(frame: string | Buffer): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    if (this.ws.bufferedAmount > this.bound) return this.overflowed();
    this.ws.send(frame, { binary: false });
  }

  /** ws has no such thing. */
  together(work: () => void): void {
    work();
  }

  ping(): void {
    if (this.ws.readyState === this.ws.OPEN) this.ws.ping();
  }

  subscribe(topic: string): void {
    this.joined.add(topic);
    const members = this.topics.get(topic) ?? new Set();
    members.add(this);
    this.topics.set(topic, members);
  }

  unsubscribe(topic: string): void {
    this.joined.delete(topic);
    const members = this.topics.get(topic);
    members?.delete(this);
    if (members?.size === 0) this.topics.delete(topic);
  }

  leaveAll(): void {
    for (const topic of [...this.joined]) this.unsubscribe(topic);
  }

  unsent(): number {
    return this.ws.bufferedAmount;
  }

  end(code: number, reason: string): void {
    this.ws.close(code, reason);
  }

  terminate(): void {
    this.ws.terminate();
  }
}
