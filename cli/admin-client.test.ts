import assert from 'node:assert/strict';
import dns from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { adminCall, connect_ms } from './admin-client.ts';

it('a host that never answers ends a call with the reason', { timeout: 5000 }, async (t) => {
  process.env['MILLRACE_OPS_URL'] = 'http://nobody.example:4001';
  t.after(() => delete process.env['MILLRACE_OPS_URL']);
  // As far as a caller sees it, a name server that is silent is a host that drops packets.
  t.mock.method(dns, 'lookup', () => undefined);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const answer = adminCall('unused', 'GET', '/status').next();
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(connect_ms);
  await assert.rejects(answer, { code: 'unavailable', message: /nobody\.example:4001/ });
});

it('an address that is none, or where something else answers, is told as that', async (t) => {
  t.after(() => delete process.env['MILLRACE_OPS_URL']);
  const answers: { [path: string]: [status: number, text: string] } = {
    '/page': [200, '<!DOCTYPE html>'],
    '/problem': [404, '{"code":"not_found","detail":"the public port"}'],
  };
  const other = createServer(({ url }, response) => {
    const [status, text] = answers[url!]!;
    response.writeHead(status).end(text);
  }).listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const refused: [url: string, path: string, code: string, message: RegExp][] = [
    ['not-a-url', '/', 'config_invalid', /MILLRACE_OPS_URL=not-a-url: must be/],
    ['ftp://x', '/', 'config_invalid', /MILLRACE_OPS_URL=ftp:\/\/x: must be/],
    [`https://127.0.0.1:${port}`, '/', 'unavailable', /no connection at https:/],
    [`http://127.0.0.1:${port}`, '/page', 'not_running', /is no operators’ port/],
    [`http://127.0.0.1:${port}`, '/problem', 'not_running', /is no operators’ port/],
  ];
  for (const [url, path, code, message] of refused) {
    process.env['MILLRACE_OPS_URL'] = url;
    await assert.rejects(adminCall('unused', 'GET', path).next(), { code, message });
  }
});
