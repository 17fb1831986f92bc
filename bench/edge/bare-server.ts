// The limit: uWebSockets.js alone, one publish for each event, and nothing else.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { paced } from './paced.ts';

const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof import('uWebSockets.js');
const app = uws.App();
app.ws<{ channels: string[] }>('/socket', {
  maxBackpressure: 64 * 2 ** 20,
  idleTimeout: 0,
  sendPingsAutomatically: false,
  upgrade: (response, request, context) =>
    response.upgrade(
      { channels: (request.getQuery('channels') ?? '').split(',') },
      request.getHeader('sec-websocket-key'),
      '',
      request.getHeader('sec-websocket-extensions'),
      context,
    ),
  open: (socket) => {
    for (const channel of socket.getUserData().channels) socket.subscribe(channel);
    socket.send('{"type":"hello"}');
  },
});
app.listen('127.0.0.1', 0, (token) => {
  if (token) console.log(JSON.stringify({ url: `http://127.0.0.1:${uws.us_socket_local_port(token)}` }));
});
createInterface({ input: process.stdin }).on('line', (line) => {
  const { channels, rate, seconds, payload } = JSON.parse(line) as {
    channels: number;
    rate: number;
    seconds: number;
    payload: object;
  };
  const frame = Buffer.from(JSON.stringify(payload));
  void paced(rate, seconds, (n) => void app.publish(`channel-${n % channels}`, frame, false)).then(() =>
    console.log('{"done":true}'),
  );
});
process.on('SIGTERM', () => process.exit(0));
