// The limit to measure against: uWebSockets.js with an acknowledgement and a publish for each frame, and nothing else.
import { createRequire } from 'node:module';

const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof import('uWebSockets.js');
const app = uws.App();
app.ws<{ channel: string }>('/v1/socket', {
  upgrade: (response, request, context) =>
    response.upgrade(
      { channel: request.getQuery('channel') ?? '' },
      request.getHeader('sec-websocket-key'),
      'millrace.v1',
      request.getHeader('sec-websocket-extensions'),
      context,
    ),
  open: (socket) => {
    socket.subscribe(socket.getUserData().channel);
    socket.send(JSON.stringify({ type: 'hello' }));
  },
  message: (socket, data) => {
    const frame = JSON.parse(Buffer.from(data).toString()) as { id: string; text: string };
    const event = { message: { text: frame.text, client_msg_id: frame.id } };
    app.publish(socket.getUserData().channel, JSON.stringify({ type: 'event', event }));
    socket.send(JSON.stringify({ type: 'ack', id: frame.id }));
  },
});
app.listen('127.0.0.1', 0, (token) => {
  if (token) console.log(JSON.stringify({ url: `http://127.0.0.1:${uws.us_socket_local_port(token)}` }));
});
process.on('SIGTERM', () => process.exit(0));
