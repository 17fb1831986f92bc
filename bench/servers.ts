import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { signToken } from '../edge/auth/tokens.ts';

export interface BenchServer {
  url: string;
  token(user: string): Promise<string>;
  /** User and system CPU of the process so far, in seconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/** A server that is one process. */
export interface BenchProcess extends BenchServer {
  pid: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const secret = 'a secret for benchmarks, long enough';

/** Millrace on the embedded default, in a process of its own and a fresh data folder, without the rate limit. `flags` are Node's. */
export async function startMillrace(flags: string[] = []): Promise<BenchProcess> {
  const folder = await mkdtemp(`${tmpdir()}/millrace-bench-`);
  return startMillraceIn(folder, () => rm(folder, { recursive: true }), flags);
}

/** The same on a folder that is there, and stays; `settings`: for other engines than the embedded ones. */
export async function startMillraceIn(
  folder: string,
  cleanUp: () => Promise<void> = async () => undefined,
  flags: string[] = [],
  settings: { [name: string]: string } = {},
): Promise<BenchProcess> {
  const own = { PORT: '0', MILLRACE_DATA_DIR: folder, MILLRACE_JWT_SECRET: secret, MILLRACE_RATE_LIMIT: 'off' };
  const env = { ...settings, ...own };
  return startProcess([...flags, 'cli/bin.mjs', 'dev', '--json'], env, cleanUp);
}

/** Bare uWebSockets.js: acknowledges each frame and publishes it to its channel; keeps, orders and checks nothing. */
export async function startBare(): Promise<BenchProcess> {
  return startProcess(['--import', 'tsx', 'bench/bare-server.ts'], {}, async () => undefined);
}

async function startProcess(
  args: string[],
  env: { [name: string]: string },
  cleanUp: () => Promise<void>,
): Promise<BenchProcess> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A bench that fails must not leave its servers behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  return {
    url,
    pid: child.pid!,
    token: (user) => signToken(secret, { user_id: user, workspace_id: 'bench', role: 'owner' }, 3600),
    cpu: () => {
      // utime and stime, in ticks of 10 ms (proc(5)).
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await cleanUp();
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += String(chunk);
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}
