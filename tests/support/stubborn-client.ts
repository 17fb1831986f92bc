import { WebSocket } from 'ws';
import type { LastWord } from './change-checker.ts';
import type { Acknowledged, Seen } from './history-checker.ts';
import type { Person } from './person.ts';
import type { Frame } from './socket.ts';

interface Held {
  from: number;
  rev: number;
  seen: Seen[];
  /** Events since the last `resume` went out, until its answer. */
  window: Frame[];
}

/**
 * A client that never gives up: reconnects, resumes from what it holds, and repeats what has no answer under the same
 * client_msg_id. It keeps to the contract's rule of what to drop around a resume and to nothing more, so that the
 * checker sees what the server really sent.
 */
export class StubbornClient {
  readonly channels = new Map<string, Held>();
  readonly acknowledged: Acknowledged[] = [];
  /** By channel: the furthest that own sends and acknowledged reads have come. */
  readonly readTo = new Map<string, number>();
  /** Of each message that this client sent. */
  readonly lastWords = new Map<string, LastWord>();
  /** What the server answered that it never should. */
  readonly complaints: string[] = [];
  private socket: WebSocket | undefined;
  private ready = false;
  private resuming = false;
  private stopped = false;
  private asked = 0;
  private readonly answers = new Map<string, (frame: Frame | undefined) => void>();
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly name: string,
    readonly person: Person,
    /** Where nothing may be refused, not even for a moment, each `unavailable` is a complaint. */
    private readonly mayWait = true,
  ) {
    this.connect();
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Sends until it is acknowledged. Resolves with the message's id. */
  async say(channel: string, text: string, client_msg_id: string, thread_id: string | null): Promise<string> {
    const { message } = await this.insist({ type: 'send', channel_id: channel, text, client_msg_id, thread_id });
    const { message_id, user_id } = message;
    this.acknowledged.push({ channel, user_id, client_msg_id, message_id });
    this.lastWords.set(message_id, { channel, message_id, user_id, text, rev: message.rev, reactions: {} });
    if (message.thread_id === null) this.hasRead(channel, message.seq);
    return message_id;
  }

  async edit(message_id: string, text: string): Promise<void> {
    const word = this.lastWords.get(message_id)!;
    const { message } = await this.insist({ type: 'edit', channel_id: word.channel, message_id, text });
    Object.assign(word, { text, rev: message.rev });
  }

  async erase(message_id: string): Promise<void> {
    const word = this.lastWords.get(message_id)!;
    await this.insist({ type: 'delete', channel_id: word.channel, message_id });
    word.text = null;
  }

  /** To a message of this client's own. */
  async react(message_id: string, emoji: string, there: boolean): Promise<void> {
    const word = this.lastWords.get(message_id)!;
    await this.insist({ type: there ? 'react' : 'unreact', channel_id: word.channel, message_id, emoji });
    word.reactions[emoji] = there;
  }

  async read(channel: string, seq: number): Promise<void> {
    const { last_read_seq } = await this.insist({ type: 'read', channel_id: channel, seq });
    this.hasRead(channel, last_read_seq);
  }

  stop(): void {
    this.stopped = true;
    this.socket?.terminate();
  }

  private hasRead(channel: string, seq: number): void {
    this.readTo.set(channel, Math.max(this.readTo.get(channel) ?? 0, seq));
  }

  private async insist(frame: object): Promise<Frame> {
    for (;;) {
      const answer = await this.ask(frame);
      if (answer?.type === 'ack') return answer;
      if (answer?.code === 'unavailable' && !this.mayWait)
        this.complaints.push(`${this.name} was told to wait: ${JSON.stringify(answer)} for ${JSON.stringify(frame)}`);
      if (answer && answer.code !== 'unavailable') {
        this.complaints.push(`${this.name} was refused: ${JSON.stringify(answer)} for ${JSON.stringify(frame)}`);
        throw new Error(this.complaints.at(-1));
      }
    }
  }

  /** Undefined where the connection broke before the answer. */
  private async ask(frame: object): Promise<Frame | undefined> {
    while (!this.ready) {
      if (this.stopped) throw new Error(`${this.name} was stopped`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    const id = `${++this.asked}`;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.socket!.send(JSON.stringify({ ...frame, id }));
    });
  }

  private connect(): void {
    if (this.stopped) return;
    const headers = { authorization: `Bearer ${this.person.token}` };
    const socket = new WebSocket(this.person.server.socketUrl, { headers });
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.take(JSON.parse(data.toString()) as Frame));
    // 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ready = false;
      for (const held of this.channels.values()) this.settle(held, false);
      for (const resolve of this.answers.values()) resolve(undefined);
      this.answers.clear();
      this.wake();
      setTimeout(() => this.connect(), 50);
    });
  }

  private take(frame: Frame): void {
    if (frame.type === 'hello') return this.greeted(frame);
    if (frame.type === 'resumed') return this.resumed(frame);
    if (frame.type === 'event') {
      const held = this.channels.get(frame.channel_id);
      if (!held) this.complaints.push(`${this.name} heard of ${frame.channel_id}, which is not its own`);
      else if (this.resuming) held.window.push(frame);
      else this.keep(held, frame);
      return;
    }
    const answer = frame.id === undefined ? undefined : this.answers.get(frame.id);
    if (frame.id !== undefined) this.answers.delete(frame.id);
    answer?.(frame);
  }

  private greeted({ channels }: Frame): void {
    for (const { channel_id, head } of channels) {
      if (!this.channels.has(channel_id))
        this.channels.set(channel_id, { from: head.rev, rev: head.rev, seen: [], window: [] });
    }
    this.resuming = true;
    const held = Object.fromEntries([...this.channels].map(([channel, { rev }]) => [channel, rev]));
    this.socket!.send(JSON.stringify({ type: 'resume', id: 'resume', channels: held }));
  }

  private resumed({ channels }: Frame): void {
    for (const [channel, held] of this.channels) {
      const status = channels[channel]?.status;
      if (status !== 'caught_up') this.complaints.push(`${this.name} resumed ${channel} from ${held.rev}: ${status}`);
      this.settle(held, true);
    }
    this.resuming = false;
    this.ready = true;
    this.wake();
  }

  /** Takes what a resume brought: all from the first missed event on, which what came before may have been as well. */
  private settle(held: Held, whole: boolean): void {
    const { window } = held;
    held.window = [];
    // What broke off before its first missed event brought nothing.
    const first = window.findLastIndex(({ rev }) => rev === held.rev + 1);
    for (const frame of first >= 0 ? window.slice(first) : whole ? window : []) this.keep(held, frame);
  }

  private keep(held: Held, { rev, event }: Frame): void {
    const { kind, message } = event;
    held.seen.push({ rev, kind, ...(message ? { message_id: message.message_id } : {}) });
    held.rev = Math.max(held.rev, rev);
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
