import type { TObject } from '@sinclair/typebox';
import { clientFrames, serverFrames } from './frames.ts';

/** AsyncAPI 3.0 of the socket, from the definitions that validate its frames. */
export function asyncapi(version: string): object {
  const messages = { ...messagesOf(clientFrames), ...messagesOf(serverFrames, 'server.') };
  const refs = (prefix: string, frames: object) =>
    Object.keys(frames).map((type) => ({ $ref: `#/channels/socket/messages/${prefix}${type}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Millrace socket',
      version,
      description: 'Text frames, one JSON object each. A request’s answer carries its id.',
    },
    channels: { socket: { address: '/v1/socket', messages } },
    operations: {
      receive: { action: 'receive', channel: { $ref: '#/channels/socket' }, messages: refs('', clientFrames) },
      send: { action: 'send', channel: { $ref: '#/channels/socket' }, messages: refs('server.', serverFrames) },
    },
  };
}

function messagesOf(frames: { [type: string]: TObject }, prefix = ''): { [name: string]: object } {
  return Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => [
      `${prefix}${type}`,
      {
        name: type,
        payload: {
          ...schema,
          properties: { type: { const: type }, ...schema.properties },
          required: ['type', ...(schema.required ?? [])],
        },
      },
    ]),
  );
}
