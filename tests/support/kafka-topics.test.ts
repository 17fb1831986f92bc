import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { it } from 'node:test';
import { freePort } from './cut-proxy.ts';
import { testEngines } from './engines.ts';

const drop = (port: number) =>
  testEngines('a-suite', `MILLRACE_LOG=kafka MILLRACE_KAFKA_BROKERS=127.0.0.1:${port}`).drop();

it('a Kafka that is away, or does not answer, fails no suite: that its topics stay is told', async (t) => {
  const told = t.mock.method(console, 'error', () => undefined);
  const away = await freePort();
  const open: Socket[] = [];
  const silent = createServer((socket) => void open.push(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  await Promise.all([drop(away), drop(port)]);
  const lines = told.mock.calls.map(({ arguments: [line] }) => String(line)).sort();
  for (const at of [away, port])
    assert.ok(
      lines.some((line) =>
        line.startsWith(`the topics t-suite.* stay on 127.0.0.1:${at}: unavailable: Kafka did not delete topics`),
      ),
      lines.join('\n'),
    );
});
