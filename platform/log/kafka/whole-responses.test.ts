import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { it } from 'node:test';
import kafkajs from 'kafkajs';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import Connection from 'kafkajs/src/network/connection.js';
import socketFactory from 'kafkajs/src/network/socketFactory.js';
import { eventually } from '../../../tests/support/eventually.ts';
import './whole-responses.ts';

/** A response as a broker sends it: its length, the request\u2019s number, the rest. */
function response(correlationId: number, rest: string): Buffer {
  const bytes = Buffer.alloc(8 + rest.length);
  bytes.writeInt32BE(4 + rest.length, 0);
  bytes.writeInt32BE(correlationId, 4);
  bytes.write(rest, 8);
  return bytes;
}

it('a response that broke off does not stand before the first one of the next connection', async () => {
  let connections = 0;
  const broker = createServer((socket) => {
    socket.on('error', () => undefined);
    // Seven bytes of a hundred, and the broker is gone.
    if (++connections === 1) return void socket.end(Buffer.from([0, 0, 0, 100, 0, 0, 0]));
    socket.write(response(7, 'whole'));
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  const logger = createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: () => () => undefined });
  const connection = new Connection({
    ...{ host: '127.0.0.1', port: (broker.address() as AddressInfo).port, logger, socketFactory: socketFactory() },
    ...{ requestTimeout: 1000, connectionTimeout: 1000 },
  });
  const found: [number, string][] = [];
  connection.requestQueue.fulfillRequest = ({ correlationId, payload }) =>
    void found.push([correlationId, payload.toString()]);
  await connection.connect();
  await eventually(() => assert.equal(connection.isConnected(), false));
  await connection.connect();
  await eventually(() => assert.deepEqual(found, [[7, 'whole']]));
  await connection.disconnect();
  broker.close();
});
