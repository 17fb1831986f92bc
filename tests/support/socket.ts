import { WebSocket } from 'ws';
import type { Channel, Head, Message } from '../../client/wire.ts';
import type { Front } from './server.ts';

/** Whatever a frame holds; a test reads the fields that its type has. */
export interface Frame {
  type: string;
  id?: string;
  connection_id: string;
  user_id: string;
  workspace_id: string;
  heartbeat_ms: number;
  channels: { channel_id: string; head: Head }[] & { [channel: string]: { status: string; head?: Head } };
  channel_id: string;
  rev: number;
  head: Head;
  event: { kind: string; message: Message; user_ids: string[]; channel: Channel };
  message: Message;
  code: string;
  detail: string;
  last_read_seq: number;
  last_read_id: string;
  unread: number;
  mentions: number;
  after_ms: number;
  status: string;
  presence: { user_id: string; status: string; last_active_at?: string }[];
}

type Wanted = string | ((frame: Frame) => boolean);

const deadline_ms = 10_000;

/** A client's socket. Frames are kept; `next` takes them in order and skips what it is not asked for. */
export class TestSocket {
  /** Every frame so far. */
  readonly frames: Frame[] = [];
  private readonly ended: Promise<number>;
  private position = 0;
  private asked = 0;
  private readonly changed = new Set<() => void>();

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
      this.wake();
    });
    // 'close' follows and tells the code.
    ws.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      ws.on('close', (code) => {
        resolve(code);
        this.wake();
      });
    });
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** Resolves with the close code; rejects when the socket stays open. */
  get closed(): Promise<number> {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('the socket stays open')), deadline_ms).unref();
    });
    return Promise.race([this.ended, late]);
  }

  /** The next frame of a type, or that fits; those before it are passed over. */
  async next(wanted: Wanted): Promise<Frame> {
    return this.find(wanted, `no ${String(wanted)} frame came in time`, () => this.position++);
  }

  /** The next `event` frame. */
  event(kind?: string): Promise<Frame> {
    return this.next((frame) => frame.type === 'event' && (kind === undefined || frame.event.kind === kind));
  }

  send(frame: object): void {
    this.ws.send(JSON.stringify(frame));
  }

  /** Sends a frame under an id of its own, and waits for the answer, wherever it stands among the others. */
  async ask(frame: object): Promise<Frame> {
    const id = `request-${++this.asked}`;
    const from = this.frames.length;
    this.send({ ...frame, id });
    let at = from;
    return this.find(
      (answer) => answer.id === id,
      `no answer to ${JSON.stringify(frame).slice(0, 200)}`,
      () => at++,
    );
  }

  /**
   * Asks for what was missed. Resolves with the statuses, and the events that came before them, without what was heard
   * before the server took the request: of each channel, all before its first missed event.
   */
  async resume(channels: { [channel: string]: number }) {
    const from = this.frames.length;
    const resumed = await this.ask({ type: 'resume', channels });
    const frames = this.frames.slice(from, this.frames.indexOf(resumed));
    const first = new Map<string, number>();
    for (const [index, { channel_id, rev }] of frames.entries())
      if (rev === (channels[channel_id] ?? Number.NaN) + 1) first.set(channel_id, index);
    const events = frames.filter(
      ({ type, channel_id }, index) => type === 'event' && index >= (first.get(channel_id) ?? index),
    );
    return { channels: resumed.channels, events };
  }

  /** The events of a channel so far. */
  events(channel: string): Frame[] {
    return this.frames.filter((frame) => frame.type === 'event' && frame.channel_id === channel);
  }

  /**
   * Resolves once what the server had sent before now is here: a ping's pong comes behind it. What other calls still
   * set off on their way may follow.
   */
  async settled(): Promise<void> {
    await this.ask({ type: 'ping' });
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.closed;
  }

  private async find(wanted: Wanted, missing: string, step: () => number): Promise<Frame> {
    const fits = typeof wanted === 'string' ? (frame: Frame) => frame.type === wanted : wanted;
    const until = Date.now() + deadline_ms;
    let index = step();
    for (;;) {
      for (; index < this.frames.length; index = step()) {
        if (fits(this.frames[index]!)) return this.frames[index]!;
      }
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error(`${missing}: the socket is closed`);
      if (Date.now() > until) throw new Error(`${missing}; there came ${JSON.stringify(this.frames.slice(-5))}`);
      await this.change(until - Date.now());
    }
  }

  private async change(within_ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, within_ms);
      const { changed } = this;
      function done(): void {
        clearTimeout(timer);
        changed.delete(done);
        resolve();
      }
      changed.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.changed]) done();
  }
}

/** Opens a socket with the Authorization header, or without one. */
export function openSocket(server: Front, token?: string, protocols: string[] = []): TestSocket {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new TestSocket(new WebSocket(server.socketUrl, protocols, { headers }));
}
