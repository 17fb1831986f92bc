import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, it } from 'node:test';
import { twoCertificates } from '../../tests/support/certificate.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { registryChecks } from './doctor.ts';
import { registryCodec } from './registry.ts';

const plain = new URL(nativeEngine('kafka')['SCHEMA_REGISTRY_URL']!);
const { own, other } = twoCertificates();
const basic = `Basic ${Buffer.from('ann:open sesame').toString('base64')}`;
const admitted = new Set([basic, 'Bearer a-token']);

// The real registry behind TLS and a doorkeeper.
const door = createServer({ cert: readFileSync(own.cert), key: readFileSync(own.key) }, (asked, answer) => {
  if (!admitted.has(asked.headers.authorization ?? '')) {
    answer.writeHead(401, { 'content-type': 'application/json' }).end('{"error_code":401,"message":"Unauthorized"}');
    return;
  }
  const { method, headers, url = '' } = asked;
  const onward = request({ host: plain.hostname, port: plain.port, path: url, method, headers }, (told) => {
    answer.writeHead(told.statusCode!, told.headers);
    told.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
});
await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
after(() => {
  door.closeAllConnections();
  door.close();
});

const { port } = door.address() as AddressInfo;
const place = (user = ''): string => `https://${user}127.0.0.1:${port}${plain.pathname}`;
const prefix = `test-tls-${process.pid}-`;
const ann = place('ann:open%20sesame@');

for (const [who, settings] of [
  ['a user with a password', { url: ann }],
  ['a token', { url: place(), token: 'a-token' }],
] as const)
  it(`schemas in a registry under TLS, whose certificate is checked, for ${who}`, async () => {
    const codec = await registryCodec({ ...settings, prefix, ca: own.cert });
    const stranger = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]);
    await codec.learn([stranger]);
    assert.throws(() => codec.decode(stranger), { code: 'schema_unknown' });
    const findings = await registryChecks({ ...settings, prefix, ca: own.cert });
    assert.deepEqual(
      findings.map(({ state }) => state),
      ['ok'],
    );
    for (const ca of [other.cert, undefined])
      await assert.rejects(registryCodec({ ...settings, prefix, ca }), {
        code: 'unavailable',
        message: /certificate|self-signed/,
      });
  });

it('who is not known to the registry is told so', async () => {
  for (const settings of [{ url: place() }, { url: place('ann:guess@') }, { url: place(), token: 'another' }])
    await assert.rejects(registryCodec({ ...settings, prefix, ca: own.cert }), {
      code: 'unavailable',
      message: /Unauthorized|401/,
    });
});
