import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { nativeSettings } from './support/cluster.ts';
import { testEngines } from './support/engines.ts';
import { workspace } from './support/person.ts';
import { secret } from './support/server.ts';

const deadline_ms = 90_000;

it('npm run start:stack serves on the real engines, keeps what is sent, and ends in order', async () => {
  const { settings, drop } = testEngines(`start-${process.pid}x${Date.now()}`, nativeSettings());
  const folder = mkdtempSync(`${tmpdir()}/millrace-start-stack-`);
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_')));
  const child = spawn(process.execPath, ['ops/native/start.mjs', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...inherited,
      PORT: '0',
      MILLRACE_JWT_SECRET: secret,
      MILLRACE_DATA_DIR: folder,
      MILLRACE_NAMESPACE: settings['MILLRACE_NAMESPACE'],
      MILLRACE_PARTITIONS: '2',
      MILLRACE_LOG_LEVEL: 'warn',
    },
  });
  try {
    const [line] = await once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(deadline_ms) });
    const { url } = JSON.parse(String(line)) as { url: string };
    const ann = await workspace({ url, socketUrl: `${url.replace('http', 'ws')}/v1/socket` }).person('ann');
    const channel = await ann.makes('public', 'all');
    const { message_id } = await ann.say(channel, 'on real engines');
    const { body } = await ann.get(`/v1/channels/${channel}/messages`);
    assert.deepEqual(
      body.messages.map((message) => [message.message_id, message.text]),
      [[message_id, 'on real engines']],
    );
    child.kill('SIGTERM');
    const [code, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(deadline_ms) });
    assert.deepEqual([code, signal], [0, null]);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    await drop();
  }
});
