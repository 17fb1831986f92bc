/** One HTTP request, its body read. Copies: safe to keep across awaits. */
export interface HttpRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  header(name: string): string | undefined;
  body: Buffer;
}

export interface HttpResponse {
  status: number;
  headers: { [name: string]: string };
  body: string | Buffer;
}

/** What an upgrade request brought. */
export interface Handshake {
  authorization: string | undefined;
  /** The values of Sec-WebSocket-Protocol. */
  protocols: string[];
  query: string;
}

/** Where sockets are opened: our own, and those of Slack's clients. */
export const socketPaths = { own: '/v1/socket', slack: '/slack/link' } as const;

/** One client's socket. Calls on one that is closed do nothing. */
export interface Socket {
  /** Where it was opened: one of `socketPaths`. */
  readonly path: string;
  send(frame: string | Buffer): void;
  /** Runs `work`, whose frames may go out in fewer writes: each is a system call otherwise. */
  together(work: () => void): void;
  ping(): void;
  /** Adds the socket to those that `Transport.publish` reaches. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Bytes that the client has not taken yet. */
  unsent(): number;
  /** Closes with a code, once what is unsent has gone out. */
  end(code: number, reason: string): void;
  /** Cuts the connection. */
  terminate(): void;
}

export interface SocketHandlers {
  /** The handshake holds a token, which nobody keeps. */
  open(socket: Socket, handshake: Handshake): void;
  message(socket: Socket, data: Buffer, binary: boolean): void;
  /** Any pong. */
  alive(socket: Socket): void;
  /** A frame to the socket was dropped because it is past its bound of unsent bytes. */
  overflowed(socket: Socket): void;
  /** `code` 1006: broken without a close frame. */
  closed(socket: Socket, code: number): void;
}

export interface TransportHandlers extends SocketHandlers {
  http(request: HttpRequest): Promise<HttpResponse>;
}

export interface TransportLimits {
  /** A larger HTTP body is answered with 413. */
  http_body_bytes: number;
  /** A larger frame cuts the connection. */
  frame_bytes: number;
  /** Unsent bytes of one socket, past which frames to it are dropped. */
  unsent_bytes: number;
}

/** HTTP and WebSocket on one port. */
export interface Transport {
  readonly name: 'uws' | 'ws';
  /** `host` undefined: every address of the machine. Resolves with the port. Error: `port_in_use`. */
  listen(port: number, host: string | undefined): Promise<number>;
  /** Sends one frame to every subscriber of a topic. */
  publish(topic: string, frame: Buffer): void;
  /** Stops to accept connections. Open sockets stay. */
  stopListening(): void;
  /** Ends everything at once. */
  close(): void;
}
