import type {
  TemplatedApp,
  HttpResponse as UwsResponse,
  us_listen_socket,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { MillraceError } from '../../platform/errors/error.ts';
import {
  type Handshake,
  type HttpResponse,
  type Socket,
  socketPaths,
  type Transport,
  type TransportHandlers,
  type TransportLimits,
} from './port.ts';
import type { TlsFiles } from './tls.ts';

/** Bytes of a request's line and headers together: what node:http takes, too. */
const headerBytes = 16 * 1024;

interface UserData {
  path: string;
  handshake: Handshake | undefined;
  socket: UwsSocket | undefined;
}

/** Transport on uWebSockets.js. Throws where its binary does not load on this system. */
export function uwsTransport(handlers: TransportHandlers, limits: TransportLimits, tls?: TlsFiles): Transport {
  // Read as the binary loads. Its own 4 KiB are less than a long token of a phone in a path, or a token of many claims.
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(headerBytes);
  // By require: the package's binary is chosen as it loads, and a failure must be catchable.
  const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof import('uWebSockets.js');
  const app = tls ? uws.SSLApp({ cert_file_name: tls.cert, key_file_name: tls.key }) : uws.App();
  let listening: us_listen_socket | false = false;
  /** How deep we are in calls that may send: what is dropped then, is dropped in the middle of them. */
  const calls = { depth: 0 };
  const giveUp = (socket: UwsSocket): void => {
    socket.unsubscribeAll();
    handlers.overflowed(socket);
  };
  const behavior: WebSocketBehavior<UserData> = {
    maxPayloadLength: limits.frame_bytes,
    maxBackpressure: limits.unsent_bytes,
    // Life is watched by the edge's own heartbeat, so that one clock decides.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    open: (ws) => {
      const data = ws.getUserData();
      data.socket = new UwsSocket(ws, data.path, calls, limits.unsent_bytes);
      const handshake = data.handshake!;
      data.handshake = undefined;
      handlers.open(data.socket, handshake);
    },
    message: (ws, message, binary) => handlers.message(ws.getUserData().socket!, Buffer.from(message), binary),
    pong: (ws) => handlers.alive(ws.getUserData().socket!),
    dropped: (ws) => {
      const socket = ws.getUserData().socket!;
      if (socket.overflowed) return;
      socket.overflowed = true;
      // uWebSockets.js is half way through its subscribers here: to close one, or inside a publish to unsubscribe one,
      // would crash the process. Nothing is written to this socket before the microtask runs, so no gap comes through.
      if (calls.depth > 0) return queueMicrotask(() => giveUp(socket));
      socket.unsubscribeAll();
      setImmediate(() => giveUp(socket));
    },
    drain: (ws) => ws.getUserData().socket!.drained(),
    close: (ws, code) => {
      const socket = ws.getUserData().socket!;
      socket.closed = true;
      handlers.closed(socket, code);
    },
  };
  const upgradeAt =
    (path: string): NonNullable<WebSocketBehavior<UserData>['upgrade']> =>
    (response, request, context) => {
      const protocols = splitList(request.getHeader('sec-websocket-protocol'));
      const authorization = request.getHeader('authorization') || undefined;
      const handshake = { authorization, protocols, query: request.getQuery() ?? '' };
      response.upgrade<UserData>(
        { path, handshake, socket: undefined },
        request.getHeader('sec-websocket-key'),
        protocols.includes('millrace.v1') ? 'millrace.v1' : '',
        request.getHeader('sec-websocket-extensions'),
        context,
      );
    };
  for (const path of Object.values(socketPaths)) app.ws<UserData>(path, { ...behavior, upgrade: upgradeAt(path) });
  app.any('/*', (response, request) => serve(response, request, handlers, limits));
  return {
    name: 'uws',
    listen: async (wanted, host) => {
      const port = wanted === 0 ? await freePort(host) : wanted;
      return new Promise((resolve, reject) => {
        // LIBUS_LISTEN_EXCLUSIVE_PORT: without it a second process would share the port in silence.
        const done = (token: us_listen_socket | false): void => {
          listening = token;
          if (token) resolve(uws.us_socket_local_port(token));
          else reject(portInUse(port));
        };
        const exclusive = 1 as Parameters<TemplatedApp['listen']>[1] & number;
        // The types lack the form with both host and options, which the binary has.
        if (host === undefined) app.listen(port, exclusive, done);
        else (app as unknown as ListenOnHost).listen(host, port, exclusive, done);
      });
    },
    publish: (topic, frame) => {
      calls.depth++;
      try {
        app.publish(topic, frame, false);
      } finally {
        calls.depth--;
      }
    },
    stopListening: () => {
      if (listening) uws.us_listen_socket_close(listening);
      listening = false;
    },
    close: () => void app.close(),
  };
}

interface ListenOnHost {
  listen(host: string, port: number, options: number, done: (token: us_listen_socket | false) => void): void;
}

/**
 * A port that is free now. Asked for port 0, uWebSockets.js leaves out SO_REUSEADDR, and a process that is killed and
 * started again on the port it had would find it taken for a minute.
 */
async function freePort(host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host }, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

export function portInUse(port: number): MillraceError {
  return new MillraceError('port_in_use', `port ${port} is taken: stop what listens there, or set PORT to another one`);
}

function serve(
  response: UwsResponse,
  request: Parameters<Parameters<TemplatedApp['any']>[1]>[1],
  handlers: TransportHandlers,
  limits: TransportLimits,
): void {
  const headers = new Map<string, string>();
  request.forEach((name, value) => void headers.set(name, value));
  const method = request.getMethod().toUpperCase();
  const path = request.getUrl();
  const query = request.getQuery() ?? '';
  let aborted = false;
  let done = false;
  response.onAborted(() => {
    aborted = true;
  });
  const answer = ({ status, headers: fields, body }: HttpResponse): void => {
    if (aborted || done) return;
    done = true;
    response.cork(() => {
      response.writeStatus(String(status));
      for (const name in fields) response.writeHeader(name, fields[name]!);
      if (method === 'HEAD') response.endWithoutBody(Buffer.byteLength(body));
      else response.end(body);
    });
  };
  const chunks: Buffer[] = [];
  let size = 0;
  let refused = false;
  response.onData((chunk, last) => {
    size += chunk.byteLength;
    if (size <= limits.http_body_bytes) chunks.push(Buffer.from(chunk.slice(0)));
    else {
      // Asked once, however much more comes.
      if (!refused) void handlers.http(requestOf(method, path, query, headers, undefined)).then(answer);
      refused = true;
      return;
    }
    if (last) void handlers.http(requestOf(method, path, query, headers, Buffer.concat(chunks))).then(answer);
  });
}

function requestOf(
  method: string,
  path: string,
  query: string,
  headers: Map<string, string>,
  body: Buffer | undefined,
) {
  return { method, path, query, header: (name: string) => headers.get(name), body: body ?? oversized };
}

/** Stands for a body past the bound, which nobody keeps. */
export const oversized = Buffer.alloc(0);

function splitList(header: string): string[] {
  return header
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

class UwsSocket implements Socket {
  closed = false;
  /** A frame was dropped: none may follow it. */
  overflowed = false;
  /** How to end it once there is room for that. */
  private ending: { code: number; reason: string } | undefined;

  constructor(
    private readonly ws: WebSocket<UserData>,
    readonly path: string,
    private readonly calls: { depth: number },
    private readonly unsentBound: number,
  ) {}

  send(frame: string | Buffer): void {
    if (this.closed || this.overflowed) return;
    this.calls.depth++;
    try {
      this.ws.send(frame, false);
    } finally {
      this.calls.depth--;
    }
  }

  together(work: () => void): void {
    if (this.closed) return work();
    this.calls.depth++;
    try {
      this.ws.cork(work);
    } finally {
      this.calls.depth--;
    }
  }

  ping(): void {
    if (!this.closed) this.ws.ping();
  }

  subscribe(topic: string): void {
    if (!this.closed && !this.overflowed) this.ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (!this.closed) this.ws.unsubscribe(topic);
  }

  unsubscribeAll(): void {
    if (!this.closed) for (const topic of this.ws.getTopics()) this.ws.unsubscribe(topic);
  }

  unsent(): number {
    return this.closed ? 0 : this.ws.getBufferedAmount();
  }

  end(code: number, reason: string): void {
    if (this.closed) return;
    // A close frame past the bound of unsent bytes would be dropped like any other, and the client never learn the code.
    if (this.unsent() > this.unsentBound) this.ending = { code, reason };
    else this.ws.end(code, reason);
  }

  drained(): void {
    if (this.ending) this.end(this.ending.code, this.ending.reason);
  }

  terminate(): void {
    if (!this.closed) this.ws.close();
  }
}
