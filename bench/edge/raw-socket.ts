import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** Where every socket's bytes come in: what is kept past a read is copied, so one does for all. */
const incoming = Buffer.alloc(64 * 1024);
const empty = Buffer.alloc(0);

/**
 * The cheapest client of a WebSocket server (RFC 6455): it counts frames and looks into none but those it is asked to, so that one core
 * can hear what another one sends.
 */
export class RawSocket {
  /** Text and binary frames so far. */
  frames = 0;
  /** Line ends in frames that nobody looked into: some protocols put several messages into a frame, a line each. */
  lines = 0;
  countsLines = false;
  /** Told the text of each frame of at most `textBound` bytes, while set: what a protocol says of itself is short. */
  onText: ((text: string) => void) | undefined;
  textBound = 300;
  closed = false;
  /** The first bytes of what has not come whole yet. */
  private rest: Buffer = empty;
  /** Bytes still to come of a frame that was counted already. */
  private skipping = 0;
  private opened = false;
  private readonly socket: Socket;

  private constructor(
    hostname: string,
    port: string,
    localAddress: string | undefined,
    private readonly agreed: (own: RawSocket) => void,
  ) {
    const onread = {
      buffer: incoming,
      callback: (bytes: number): boolean => {
        this.take(incoming.subarray(0, bytes));
        return true;
      },
    };
    this.socket = connect({ host: hostname, port: Number(port), onread, ...(localAddress && { localAddress }) });
    this.socket.setNoDelay(true);
    this.socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Resolves once the server has agreed to speak WebSocket. */
  static open(url: string, headers: { [name: string]: string } = {}, localAddress?: string): Promise<RawSocket> {
    const { hostname, port, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const { socket } = new RawSocket(hostname, port, localAddress, resolve);
      socket.on('error', reject);
      socket.once('close', () => reject(new Error('closed before it spoke WebSocket')));
      socket.once('connect', () => {
        const lines = [
          `GET ${pathname}${search} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
          'Sec-WebSocket-Version: 13',
          ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        ];
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      });
    });
  }

  /** Messages so far: frames, and the lines within them where those are counted. */
  get messages(): number {
    return this.frames + this.lines;
  }

  /** A masked text frame of less than 64 KiB. */
  send(text: string): void {
    const body = Buffer.from(text);
    const mask = randomBytes(4);
    const head =
      body.length < 126
        ? Buffer.from([0x81, 0x80 | body.length])
        : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255]);
    for (let i = 0; i < body.length; i++) body[i]! ^= mask[i & 3]!;
    this.socket.write(Buffer.concat([head, mask, body]));
  }

  destroy(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    const data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    if (this.opened) return this.takeFrames(data);
    const end = data.indexOf('\r\n\r\n');
    this.rest = Buffer.from(end < 0 ? data : data.subarray(end + 4));
    if (end < 0) return;
    this.opened = true;
    this.agreed(this);
    // Whoever waits for the handshake sets `onText` first.
    setImmediate(() => this.take(empty));
  }

  private takeFrames(data: Buffer): void {
    let at = this.skip(data, 0);
    while (at + 2 <= data.length) {
      const opcode = data[at]! & 15;
      let length = data[at + 1]! & 127;
      let from = at + 2;
      if (length === 126) {
        if (from + 2 > data.length) break;
        length = data.readUInt16BE(from);
        from += 2;
      } else if (length === 127) {
        if (from + 8 > data.length) break;
        length = Number(data.readBigUInt64BE(from));
        from += 8;
      }
      const isData = opcode === 1 || opcode === 2;
      if (isData && !(this.onText && length <= this.textBound)) {
        this.frames++;
        this.skipping = length;
        at = this.skip(data, from);
        continue;
      }
      if (from + length > data.length) break;
      if (isData) {
        this.frames++;
        this.onText!(data.toString('utf8', from, from + length));
      } else if (opcode === 9) this.pong(data.subarray(from, from + length));
      at = from + length;
    }
    this.rest = at < data.length ? Buffer.from(data.subarray(at)) : empty;
  }

  /** Goes past what has come of a frame that is counted already; returns where the next one begins. */
  private skip(data: Buffer, from: number): number {
    const to = Math.min(data.length, from + this.skipping);
    this.skipping -= to - from;
    if (this.countsLines) {
      const part = data.subarray(from, to);
      for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, end + 1)) this.lines++;
    }
    return to;
  }

  private pong(body: Buffer): void {
    const mask = Buffer.alloc(4);
    this.socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | body.length]), mask, body]));
  }
}
