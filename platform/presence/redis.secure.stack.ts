import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { twoCertificates } from '../../tests/support/certificate.ts';
import { nativeEngine } from '../../tests/support/native-engine.ts';
import { openRedisPresence } from './redis.ts';

// Installs Redis where there is none.
nativeEngine('redis');
const { own, other } = twoCertificates();
const port = '16390';
const args = ['--port', '0', '--tls-port', port, '--bind', '127.0.0.1', '--save', '', '--requirepass', 'open sesame'];
const tls = ['--tls-cert-file', own.cert, '--tls-key-file', own.key, '--tls-auth-clients', 'no'];
const server = spawn('redis-server', [...args, ...tls], { stdio: 'ignore' });
after(() => void server.kill());

const ann = { workspace_id: 'w', user_id: 'ann' };
const url = (password: string) => `rediss://:${encodeURIComponent(password)}@127.0.0.1:${port}`;

async function opened(password: string, ca: string) {
  const errors: string[] = [];
  const presence = await openRedisPresence({
    url: url(password),
    ca,
    gateway: 'g',
    onError: (error) => errors.push(String(error)),
  });
  return { presence, errors };
}

it('presence in a Redis with TLS and a password', async () => {
  // It listens a moment after it was started.
  await sleep(500);
  const { presence } = await opened('open sesame', own.cert);
  await presence.touch(ann, 'phone');
  assert.equal((await presence.statuses([ann]))[0]!.status, 'online');
  await presence.close();
});

it('a certificate or a password that is another one is none', async () => {
  const ways: [password: string, ca: string, reason: RegExp][] = [
    ['open sesame', other.cert, /self-signed|certificate/],
    ['wrong word', own.cert, /WRONGPASS/],
  ];
  for (const [password, ca, reason] of ways) {
    const { presence, errors } = await opened(password, ca);
    await assert.rejects(presence.statuses([ann]), { code: 'unavailable' });
    assert.match(errors.join('\n'), reason);
    await presence.close();
  }
});
