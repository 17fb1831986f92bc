import assert from 'node:assert/strict';
import dns from 'node:dns';
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
