import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * The cheapest client of a WebSocket server (RFC 6455): it counts frames and looks into none but those it is asked to, so that one core
 * can hear what another one sends.
 */
export class RawSocket {
  /** Text and binary frames so far. */
  frames = 0;
  /** Told the text of each frame of at most `textBound` bytes, while set: what a protocol says of itself is short. */
  onText: ((text: string) => void) | undefined;
  textBound = 300;
  closed = false;
  private rest: Buffer = Buffer.alloc(0);
  private opened = false;

  private constructor(private readonly socket: Socket) {}

  /** Resolves once the server has agreed to speak WebSocket. */
  static open(url: string, headers: { [name: string]: string } = {}, localAddress?: string): Promise<RawSocket> {
    const { hostname, port, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
      const own = new RawSocket(socket);
      socket.setNoDelay(true);
      socket.once('error', reject);
      socket.on('close', () => {
        own.closed = true;
      });
      socket.on('connect', () => {
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
      socket.on('data', (chunk) => own.take(chunk, () => resolve(own)));
    });
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

  private take(chunk: Buffer, opened: () => void): void {
    const data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    if (!this.opened) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        this.rest = data;
        return;
      }
      this.opened = true;
      this.rest = Buffer.from(data.subarray(end + 4));
      opened();
      // Whoever waits for the handshake sets `onText` first.
      setImmediate(() => this.take(empty, opened));
      return;
    }
    let at = 0;
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
      if (from + length > data.length) break;
      if (opcode === 1 || opcode === 2) {
        this.frames++;
        if (this.onText && length <= this.textBound) this.onText(data.toString('utf8', from, from + length));
      } else if (opcode === 9) this.pong(data.subarray(from, from + length));
      at = from + length;
    }
    this.rest = at < data.length ? Buffer.from(data.subarray(at)) : empty;
  }

  private pong(body: Buffer): void {
    const mask = Buffer.alloc(4);
    this.socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | body.length]), mask, body]));
  }
}

const empty = Buffer.alloc(0);
