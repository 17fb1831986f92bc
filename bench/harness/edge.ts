// Raw drivers' edge: a frame becomes a command in Kafka; an event that comes on the gateway's topic is acknowledged to who
// waits for it, and published to its channel.
import { createRequire } from 'node:module';
import { fileCodec } from '../../platform/schemas/files.ts';
import type { MessageCommand, MessageEvent } from '../../schemas/generated/types.ts';
import { consume, partitionOf, Sender, topics } from './topics.ts';

const uws = createRequire(import.meta.url)('uWebSockets.js') as typeof import('uWebSockets.js');
const codec = fileCodec();
const sender = await Sender.open();
type Socket = import('uWebSockets.js').WebSocket<{ channel: string }>;
const waiting = new Map<number, { socket: Socket; id: string }>();
let asked = 0;

function commandOf(channel_id: string, id: string, text: string, request: number): MessageCommand {
  return {
    ...{ workspace_id: 'bench', channel_id, actor_id: 'alice', trace_id: '', home: null, carried: null },
    reply_to: { gateway: '0', epoch: 1, request },
    body: {
      SendMessage: {
        ...{ text, client_msg_id: id, root: null, mentions: [], mentions_channel: false, mentions_here: [] },
      },
    },
  };
}

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
    const { id, channel_id, text } = JSON.parse(Buffer.from(data).toString()) as { [name: string]: string };
    const request = ++asked;
    waiting.set(request, { socket, id: id! });
    const value = codec.encode('MessageCommand', commandOf(channel_id!, id!, text!, request));
    void sender.send([{ topic: topics.commands, partition: partitionOf(channel_id!), key: channel_id!, value }]);
  },
});

await consume(topics.gateway, 'edge', (values) => {
  for (const bytes of values) {
    const event = codec.decode(bytes).value as MessageEvent;
    const { request } = event.reply_to!;
    const asker = waiting.get(request);
    waiting.delete(request);
    const { message, kind } = (event.body as { MessageChanged: { message: object; kind: string } }).MessageChanged;
    const frame = { type: 'event', event: { kind, channel_id: event.channel_id, rev: event.rev, message } };
    app.publish(event.channel_id, JSON.stringify(frame));
    asker?.socket.send(JSON.stringify({ type: 'ack', id: asker.id, message }));
  }
});

app.listen('127.0.0.1', 0, (token) => {
  if (token) console.log(JSON.stringify({ url: `http://127.0.0.1:${uws.us_socket_local_port(token)}` }));
});
process.on('SIGTERM', () => process.exit(0));
