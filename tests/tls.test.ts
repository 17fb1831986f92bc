import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { selfSigned } from './support/certificate.ts';
import { token } from './support/person.ts';
import { Server } from './support/server.ts';

const own = selfSigned();
const other = selfSigned();

function loads(transport: string): boolean {
  if (transport !== 'uws') return true;
  try {
    createRequire(import.meta.url)('uWebSockets.js');
    return true;
  } catch {
    // On this system there is no binary of it: it has nothing to test.
    return false;
  }
}

describe('TLS at the edge', { skip: own && other ? false : 'there is no openssl here' }, () => {
  for (const transport of ['uws', 'ws'])
    it(`serves REST and sockets over ${transport}, and nothing in the clear`, async (test) => {
      if (!loads(transport)) return test.skip('uWebSockets.js does not load here');
      const server = await Server.start({
        MILLRACE_TRANSPORT: transport,
        MILLRACE_TLS_CERT: own!.cert,
        MILLRACE_TLS_KEY: own!.key,
      });
      try {
        assert.match(server.url, /^https:/);
        const ca = readFileSync(own!.cert);
        const authorization = `Bearer ${await token({ sub: 'ann', workspace_id: 'w' })}`;
        assert.equal(await statusOf(`${server.url}/v1/channels`, ca, { authorization }), 200);
        await assert.rejects(statusOf(`${server.url}/readyz`, readFileSync(other!.cert)), /self-signed|certificate/);
        const socket = new WebSocket(server.socketUrl, { ca, headers: { authorization } });
        const [hello] = await once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
        assert.equal(JSON.parse(String(hello)).type, 'hello');
        socket.terminate();
        await assert.rejects(
          fetch(`${server.url.replace('https', 'http')}/readyz`, { signal: AbortSignal.timeout(5000) }),
        );
      } finally {
        await server.stop();
      }
    });

  it('does not start with a key that is another certificate’s', async () => {
    const files = { MILLRACE_TLS_CERT: own!.cert, MILLRACE_TLS_KEY: other!.key };
    await assert.rejects(Server.start(files), /ended with 78 .*MILLRACE_TLS_KEY=.*can not be used \(.*mismatch/s);
  });
});

function statusOf(url: string, ca: Buffer, headers: { [name: string]: string } = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, headers, timeout: 10_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
}
