import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { EventFrame } from './frames.ts';
import type { Message } from './wire.ts';

interface ClientFrame {
  readonly type: string;
  readonly id?: string;
  readonly channels?: Record<string, number>;
  readonly channel_id?: string;
  readonly text?: string;
  readonly client_msg_id?: string;
  readonly user_ids?: readonly string[];
}

/** A test's server: keeps the contract of the socket, but for the harm that the script tells it to do. */
export class ScriptedServer {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'millrace.v1' });
  readonly #logs = new Map<string, EventFrame[]>();
  readonly #kept = new Map<string, number>();
  /** Every frame that clients sent. */
  readonly received: ClientFrame[] = [];
  readonly protocols: string[][] = [];
  heartbeatMs = 10_000;
  /** Closes the next connections at once with these codes. */
  readonly refuse: number[] = [];
  /** Sends every event twice. */
  duplicate = false;
  /** Live events to leave out: a broken promise that the client must notice. */
  lose = 0;
  /** Frames until the connection is cut; undefined: never. */
  cutAfter: number | undefined;
  /** Answers to `send` and `presence.watch` that are `unavailable`. */
  unavailable = 0;
  /** Sends that are stored, and whose connection is cut instead of an ack. */
  loseAck = 0;
  /** Says nothing any more, not even pong. */
  mute = false;
  resumeDelayMs = 0;

  static async start(channelIds: readonly string[]): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    for (const id of channelIds) server.#logs.set(id, []);
    server.#server.on('connection', (socket, request) => {
      server.protocols.push((request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/));
      server.#greet(socket);
    });
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#server.clients.size;
  }

  log(channelId: string): EventFrame[] {
    return this.#logs.get(channelId) ?? [];
  }

  publish(channelId: string, text = 'hello', clientMsgId = `other-${Math.random()}`): Message {
    const log = this.log(channelId);
    const rev = log.length + 1;
    const message = messageOf(channelId, rev, { text, client_msg_id: clientMsgId });
    const frame: EventFrame = {
      type: 'event',
      channel_id: channelId,
      rev,
      event: { kind: 'message.created', message },
    };
    log.push(frame);
    if (this.lose > 0) this.lose--;
    else for (const socket of this.#server.clients) this.#event(socket, frame);
    return message;
  }

  /** Forgets events up to `rev`: a resume from below it is a reset. */
  forget(channelId: string, rev: number): void {
    this.#kept.set(channelId, rev);
  }

  addChannel(channelId: string): void {
    this.#logs.set(channelId, []);
    this.broadcast({ type: 'channel.added', channel_id: channelId, head: { rev: 0, seq: 0 } });
  }

  broadcast(frame: object): void {
    for (const socket of this.#server.clients) this.#send(socket, frame);
  }

  cut(code?: number): void {
    for (const socket of this.#server.clients) {
      if (code === undefined) socket.terminate();
      else socket.close(code, 'as the script says');
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #greet(socket: WebSocket): void {
    const refusal = this.refuse.shift();
    if (refusal !== undefined) {
      socket.close(refusal, 'as the script says');
      return;
    }
    socket.on('message', (data) => this.#answer(socket, JSON.parse(String(data)) as ClientFrame));
    const channels = [...this.#logs].map(([channel_id, log]) => ({ channel_id, head: headOf(log) }));
    this.#send(socket, {
      type: 'hello',
      connection_id: 'c',
      user_id: 'me',
      workspace_id: 'w',
      heartbeat_ms: this.heartbeatMs,
      channels,
    });
  }

  #answer(socket: WebSocket, frame: ClientFrame): void {
    this.received.push(frame);
    if (frame.type === 'ping') this.#send(socket, { type: 'pong', id: frame.id });
    if (frame.type === 'resume') setTimeout(() => this.#resume(socket, frame), this.resumeDelayMs);
    if (frame.type === 'send') this.#store(socket, frame);
    if (frame.type === 'presence.watch') {
      if (this.#refuses(socket, frame.id)) return;
      const presence = (frame.user_ids ?? []).map((user_id) => ({ user_id, status: 'online' }));
      this.#send(socket, { type: 'ack', id: frame.id, presence });
    }
  }

  #refuses(socket: WebSocket, id: string | undefined): boolean {
    if (this.unavailable <= 0) return false;
    this.unavailable--;
    this.#send(socket, { type: 'error', id, code: 'unavailable', detail: 'as the script says' });
    return true;
  }

  #store(socket: WebSocket, { id, channel_id = '', text = '', client_msg_id = '' }: ClientFrame): void {
    if (this.#refuses(socket, id)) return;
    if (!this.#logs.has(channel_id)) {
      this.#send(socket, { type: 'error', id, code: 'not_found', detail: 'no such channel' });
      return;
    }
    const known = this.log(channel_id).find(
      ({ event }) => 'message' in event && event.message.client_msg_id === client_msg_id,
    );
    const message = known
      ? (known.event as { message: Message }).message
      : this.publish(channel_id, text, client_msg_id);
    if (this.loseAck > 0) {
      this.loseAck--;
      socket.terminate();
      return;
    }
    this.#send(socket, { type: 'ack', id, message });
  }

  #resume(socket: WebSocket, frame: ClientFrame): void {
    const channels: Record<string, object> = {};
    for (const [id, rev] of Object.entries(frame.channels ?? {})) {
      const log = this.#logs.get(id);
      if (!log) channels[id] = { status: 'gone' };
      else if (rev < (this.#kept.get(id) ?? 0) || rev > log.length)
        channels[id] = { status: 'reset', head: headOf(log) };
      else {
        for (const event of log.slice(rev)) this.#event(socket, event);
        channels[id] = { status: 'caught_up', head: headOf(log) };
      }
    }
    this.#send(socket, { type: 'resumed', id: frame.id, channels });
  }

  #event(socket: WebSocket, frame: EventFrame): void {
    this.#send(socket, frame);
    if (this.duplicate) this.#send(socket, frame);
  }

  #send(socket: WebSocket, frame: object): void {
    if (this.mute || socket.readyState !== socket.OPEN) return;
    if (this.cutAfter !== undefined && this.cutAfter-- <= 0) {
      this.cutAfter = undefined;
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify(frame));
  }
}

function headOf(log: readonly EventFrame[]): { rev: number; seq: number } {
  return { rev: log.length, seq: log.length };
}

/** A message of channel `channelId` with the rev, and what else matters to a test. */
export function messageOf(channelId: string, rev: number, fields: Partial<Message> = {}): Message {
  return {
    message_id: String(1000 + rev),
    channel_id: channelId,
    workspace_id: 'w',
    seq: rev,
    rev,
    user_id: fields.client_msg_id?.startsWith('other-') ? 'other' : 'me',
    text: 'hello',
    client_msg_id: `m${rev}`,
    thread_id: null,
    reply_count: 0,
    reactions: {},
    mentions: [],
    created_at: '2026-01-01T00:00:00.000Z',
    edited_at: null,
    deleted: false,
    ...fields,
  };
}

/** Waits until `condition` holds; rejects after `ms`, saying `what`. */
export async function until(condition: () => boolean, what: string, ms = 5_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
