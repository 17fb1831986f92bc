import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { signToken } from '../edge/auth/tokens.ts';
import { fillStore } from './fill.ts';
import { median, round } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const secret = 'a secret for benchmarks, long enough';
const channels = 100;

/** From SIGKILL to the first answer to a send, with so many messages in the store. Embedded. */
export async function restart({ quick }: { quick: boolean }): Promise<object> {
  const sizes = quick ? [1000, 20_000] : [10_000, 100_000, 1_000_000, 10_000_000];
  const found: object[] = [];
  for (const messages of sizes) found.push(await withMessages(messages, quick ? 1 : 5));
  return { channels, text_bytes: 200, found };
}

async function withMessages(messages: number, rounds: number): Promise<object> {
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  const first = await start(folder);
  await first.answered();
  await first.kill();
  await fillStore(folder, messages, channels);
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const server = await start(folder);
    await server.answered();
    await server.kill();
    const began = performance.now();
    const again = await start(folder);
    await again.answered();
    seconds.push((performance.now() - began) / 1000);
    await again.kill();
  }
  await rm(folder, { recursive: true });
  return {
    messages,
    seconds: round(median(seconds)),
    least: round(Math.min(...seconds)),
    most: round(Math.max(...seconds)),
  };
}

async function start(folder: string) {
  const child = spawn(process.execPath, [`${root}cli/bin.mjs`, 'dev', '--json'], {
    env: {
      ...process.env,
      PORT: '0',
      MILLRACE_DATA_DIR: folder,
      MILLRACE_JWT_SECRET: secret,
      MILLRACE_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  const token = await signToken(secret, { user_id: 'u', workspace_id: 'bench', role: 'owner' }, 3600);
  const call = (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    /** Resolves once a send is acknowledged. */
    async answered(): Promise<void> {
      await call('POST', '/v1/channels', { type: 'public', name: 'here' });
      const found = (await (
        await fetch(`${url}/v1/channels?member=true`, { headers: { authorization: `Bearer ${token}` } })
      ).json()) as {
        channels: { channel_id: string }[];
      };
      const body = {
        channel_id: found.channels[0]!.channel_id,
        text: 'x',
        client_msg_id: `${Date.now()}${Math.random()}`,
      };
      const { status } = await call('POST', '/v1/messages', body);
      if (status !== 201) throw new Error(`not taken: ${status}`);
    },
    kill(): Promise<void> {
      return new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      });
    },
  };
}
