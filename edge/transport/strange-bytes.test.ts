import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Transport, TransportHandlers } from './port.ts';
import { uwsTransport } from './uws.ts';
import { wsTransport } from './ws.ts';

const upgrade = [
  'Host: edge',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const raw = (line: string, headers: string[] = ['Host: edge'], body = ''): string =>
  `${[line, ...headers].join('\r\n')}\r\n\r\n${body}`;

/** What anyone may send who has no token. */
const strange: { [what: string]: string } = {
  'an upgrade of a path that is no address': raw('GET // HTTP/1.1', upgrade),
  'an upgrade of a host that is none': raw('GET http://[ HTTP/1.1', upgrade),
  'an upgrade of nothing': raw('GET * HTTP/1.1', upgrade),
  'an upgrade of half an escape': raw('GET /v1/socket%E0%A4%A HTTP/1.1', upgrade),
  'an upgrade without a key': raw('GET /v1/socket HTTP/1.1', upgrade.slice(0, 4)),
  'an upgrade by POST': raw('POST /v1/socket HTTP/1.1', upgrade),
  'an upgrade to something else': raw('GET /v1/socket HTTP/1.1', ['Host: e', 'Connection: Upgrade', 'Upgrade: h2c']),
  'subprotocols that are none': raw('GET /v1/socket HTTP/1.1', [...upgrade, 'Sec-WebSocket-Protocol: ,, ,\x01,a,a']),
  'extensions that are none': raw('GET /v1/socket HTTP/1.1', [...upgrade, 'Sec-WebSocket-Extensions: ;;=,permessage']),
  'a frame that is not masked': raw('GET /v1/socket HTTP/1.1', upgrade, '\x81\x05hello'),
  'a frame with reserved bits': raw('GET /v1/socket HTTP/1.1', upgrade, '\xff\xff\xff\xff\xff\xff'),
  'a close frame with a code that is none': raw('GET /v1/socket HTTP/1.1', upgrade, '\x88\x82\x00\x00\x00\x00\x00\x01'),
  'a call of a path that is no address': raw('GET // HTTP/1.1'),
  'a call of half an escape': raw('GET /%E0%A4%A HTTP/1.1'),
  'a tunnel': raw('CONNECT edge:80 HTTP/1.1'),
  'a method that is none': raw('__PROTO__ / HTTP/1.1'),
  'an expectation': raw('POST / HTTP/1.1', ['Host: edge', 'Expect: a miracle', 'Content-Length: 1'], 'a'),
  'a body of no length': raw('POST / HTTP/1.1', ['Host: edge', 'Content-Length: -1'], 'a'),
  'chunks that are none': raw('POST / HTTP/1.1', ['Host: edge', 'Transfer-Encoding: chunked'], 'zz\r\n\r\n'),
  'no HTTP at all': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};

function uwsLoads(): boolean {
  try {
    uwsTransport(nobody, bounds).close();
    return true;
  } catch {
    // Its binary is not for this system.
    return false;
  }
}

const bounds = { http_body_bytes: 1000, frame_bytes: 1000, unsent_bytes: 1000 };
const nobody: TransportHandlers = {
  http: async ({ path }) => ({ status: 200, headers: {}, body: path }),
  open: () => undefined,
  message: () => undefined,
  alive: () => undefined,
  overflowed: () => undefined,
  closed: () => undefined,
};

for (const [name, make] of Object.entries({ ws: wsTransport, uws: uwsTransport })) {
  describe(`bytes of anyone over ${name}`, { skip: name === 'uws' && !uwsLoads() }, () => {
    let transport: Transport;
    let port: number;
    before(async () => {
      transport = make(nobody, bounds);
      port = await transport.listen(0, '127.0.0.1');
    });
    after(() => transport.close());

    for (const [what, bytes] of Object.entries(strange))
      it(`${what}: the next caller is served`, async () => {
        await sent(port, Buffer.from(bytes, 'latin1'));
        const answer = await fetch(`http://127.0.0.1:${port}/next`, { signal: AbortSignal.timeout(2000) });
        assert.equal(await answer.text(), '/next');
      });
  });
}

/** Resolves once the other side has answered, or closed, or says nothing for a moment. */
async function sent(port: number, bytes: Buffer): Promise<void> {
  const stream = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => {
    stream.on('error', () => resolve()).on('close', () => resolve());
    stream.on('data', () => resolve());
    stream.setTimeout(100, resolve);
    stream.write(bytes);
  });
  // Cut in the middle: a reset may reach the other side while it still works on what came.
  stream.resetAndDestroy();
}
