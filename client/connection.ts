import type { Clock } from './clock.ts';
import {
  type AnswerFields,
  type HelloFrame,
  parseFrame,
  type RequestFields,
  type RequestType,
  type ServerFrame,
} from './frames.ts';
import { MillraceError } from './millrace-error.ts';
import type { Closed, SocketConstructor, SocketLike } from './socket-like.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string;
  readonly WebSocket: SocketConstructor;
  readonly clock: Clock;
  /** Deadline of the handshake up to `hello`, and of each request, ms. */
  readonly timeoutMs: number;
  readonly onHello: (hello: HelloFrame) => void;
  /** Every later frame but answers and pongs. */
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called once, also when this side ended it. No other callback follows. */
  readonly onClosed: (closed: Closed) => void;
}

interface Pending {
  readonly settle: (frame: ServerFrame) => void;
  readonly fail: (error: MillraceError) => void;
}

/** Requests without an answer yet, at most; one more is refused with `queue_full`. */
const MAX_PENDING = 1_000;

/** One WebSocket from handshake to close: answers are matched to requests, and silence is noticed. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: SocketLike;
  readonly #pending = new Map<string, Pending>();
  #cancelTimer: () => void;
  #heardAt: number;
  #heartbeatMs = 0;
  #nextId = 1;
  #closed = false;

  /** Throws what the WebSocket constructor throws for an impossible URL or token. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = new options.WebSocket(options.url, ['millrace.v1', `bearer.${options.token}`]);
    this.#heardAt = options.clock.now();
    this.#cancelTimer = options.clock.after(options.timeoutMs, () => this.#drop(1006, 'no hello in time'));
    this.#socket.addEventListener('message', (event) => this.#receive(event.data));
    this.#socket.addEventListener('close', (event) => this.#end({ code: event.code, reason: event.reason }));
    // A close follows each error, and says as much as a browser tells.
    this.#socket.addEventListener('error', () => undefined);
  }

  get ready(): boolean {
    return this.#heartbeatMs > 0 && !this.#closed;
  }

  get pendingRequests(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request and waits for its answer. Rejects with `MillraceError`, at the latest at the deadline. `onAnswer`
   * gets the answer before any later frame is taken; the promise may settle after some.
   */
  request<Type extends RequestType>(
    type: Type,
    fields: RequestFields[Type],
    onAnswer?: (answer: AnswerFields[Type]) => void,
  ): Promise<AnswerFields[Type]> {
    if (!this.ready)
      return Promise.reject(new MillraceError({ code: 'disconnected', detail: 'the socket is not open' }));
    if (this.#pending.size >= MAX_PENDING) {
      return Promise.reject(new MillraceError({ code: 'queue_full', detail: `${MAX_PENDING} requests are waiting` }));
    }
    const id = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(this.#options.timeoutMs, () => {
        this.#pending.delete(id);
        reject(new MillraceError({ code: 'timeout', detail: 'the server did not answer' }));
      });
      this.#pending.set(id, {
        settle: (frame) => {
          cancel();
          if (frame.type === 'error') {
            reject(new MillraceError({ code: frame.code, detail: frame.detail }));
            return;
          }
          const answer = frame as unknown as AnswerFields[Type];
          onAnswer?.(answer);
          resolve(answer);
        },
        fail: (error) => {
          cancel();
          reject(error);
        },
      });
      this.#socket.send(JSON.stringify({ type, id, ...fields }));
    });
  }

  /** Sends what has no answer. Does nothing when the socket is not open: it would be stale later. */
  notify(frame: { type: 'typing'; channel_id: string } | { type: 'ping'; id: string }): void {
    if (this.ready) this.#socket.send(JSON.stringify(frame));
  }

  /** Closes cleanly; `onClosed` is called at once. */
  close(reason: string): void {
    this.#drop(1000, reason);
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    this.#heardAt = this.#options.clock.now();
    let frame: ServerFrame | undefined;
    try {
      frame = parseFrame(typeof data === 'string' ? data : '');
    } catch {
      // Whoever speaks there is no Millrace, or the stream is damaged; either way nothing after this can be trusted.
      this.#drop(4400, 'a frame that is no JSON object');
      return;
    }
    if (!frame || frame.type === 'pong') return;
    if (frame.type === 'hello') {
      if (this.ready) return;
      this.#startHeartbeat(frame.heartbeat_ms);
      this.#options.onHello(frame);
      return;
    }
    const waiting = 'id' in frame && typeof frame.id === 'string' ? this.#pending.get(frame.id) : undefined;
    if (waiting && 'id' in frame) {
      this.#pending.delete(frame.id as string);
      waiting.settle(frame);
    } else if (frame.type !== 'ack' && frame.type !== 'resumed') {
      this.#options.onFrame(frame);
    }
  }

  #startHeartbeat(heartbeatMs: number): void {
    this.#cancelTimer();
    this.#heartbeatMs = Math.max(heartbeatMs, 20);
    const { clock } = this.#options;
    const interval = this.#heartbeatMs / 2;
    const tick = () => {
      const now = clock.now();
      // A late tick means that this machine slept or the tab was throttled: the silence was ours, so ask first.
      if (now - due > this.#heartbeatMs) this.#heardAt = now - this.#heartbeatMs;
      const silence = now - this.#heardAt;
      if (silence >= 2 * this.#heartbeatMs) {
        this.#drop(1006, 'silent for two heartbeats');
        return;
      }
      if (silence >= this.#heartbeatMs) this.notify({ type: 'ping', id: 'ping' });
      schedule();
    };
    let due = 0;
    const schedule = () => {
      due = clock.now() + interval;
      this.#cancelTimer = clock.after(interval, tick);
    };
    schedule();
  }

  #drop(code: number, reason: string): void {
    if (this.#closed) return;
    // Browsers let an application close with 1000 and 4000 to 4999 only.
    this.#socket.close(code === 1006 ? 4000 : code, reason);
    this.#end({ code, reason });
  }

  #end(closed: Closed): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimer();
    const error = new MillraceError({ code: 'disconnected', detail: closed.reason || `closed with ${closed.code}` });
    for (const pending of this.#pending.values()) pending.fail(error);
    this.#pending.clear();
    this.#options.onClosed(closed);
  }
}
