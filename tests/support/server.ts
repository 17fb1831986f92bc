import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Generous: a busy machine takes seconds to start Node. */
const startDeadline_ms = 30_000;

export const secret = 'a secret of the tests, with more than 32 bytes';

/** The real process, as `npm start` runs it, on a folder of its own. */
export class Server {
  private child: ChildProcess | undefined;
  private errors = '';
  url = '';

  private constructor(
    readonly folder: string,
    private readonly env: { [name: string]: string },
  ) {}

  /** On a free port. `env` adds settings; the rate limit is off unless it says otherwise. `prepare` fills the folder. */
  static async start(
    env: { [name: string]: string } = {},
    prepare?: (folder: string) => Promise<void>,
  ): Promise<Server> {
    const server = new Server(await mkdtemp(`${tmpdir()}/millrace-contract-`), env);
    await prepare?.(server.folder);
    await server.run('0');
    return server;
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** What the process wrote on stderr so far. */
  get stderr(): string {
    return this.errors;
  }

  get socketUrl(): string {
    return `${this.url.replace('http', 'ws')}/v1/socket`;
  }

  /** SIGKILL. Resolves once the process is gone. */
  async kill(): Promise<void> {
    const child = this.child!;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Again on the same folder and the same port. */
  async restart(): Promise<void> {
    await this.run(new URL(this.url).port);
  }

  /** SIGTERM. Resolves with the exit code. */
  async terminate(): Promise<number | null> {
    const child = this.child!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await gone;
    return code as number | null;
  }

  /** Ends the process and removes its folder. */
  async stop(): Promise<void> {
    await this.terminate();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(port: string): Promise<void> {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_') && name !== 'NODE_OPTIONS'),
    );
    const child = spawn(process.execPath, ['cli/bin.mjs', 'dev', '--json'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited,
        MILLRACE_DATA_DIR: this.folder,
        MILLRACE_HOST: '127.0.0.1',
        MILLRACE_JWT_SECRET: secret,
        MILLRACE_RATE_LIMIT: 'off',
        MILLRACE_LOG_LEVEL: 'warn',
        // TEST_TRANSPORT=ws runs the same tests over the other transport.
        MILLRACE_TRANSPORT: process.env['TEST_TRANSPORT'] ?? 'auto',
        ...engineSettings(this.folder),
        ...this.env,
        PORT: port,
      },
    });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    const line = await firstLine(child, () => this.errors);
    this.url = (JSON.parse(line) as { url: string }).url;
  }
}

/**
 * Settings of engines that the same tests then run on: TEST_ENGINES='MILLRACE_LOG=kafka MILLRACE_KAFKA_BROKERS=…'. Each
 * server has a namespace of its own on them.
 */
function engineSettings(folder: string): { [name: string]: string } {
  const given = process.env['TEST_ENGINES'];
  if (!given) return {};
  const pairs = given.split(/\s+/).map((pair): [string, string] => {
    const cut = pair.indexOf('=');
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  });
  const name = folder.slice(folder.lastIndexOf('-') + 1).toLowerCase();
  return { ...Object.fromEntries(pairs), MILLRACE_NAMESPACE: `t-${name.replaceAll(/[^a-z0-9]/g, '-')}` };
}

async function firstLine(child: ChildProcess, errors: () => string): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start in time: ${errors()}`));
    }, startDeadline_ms);
    const fail = (code: number | null): void => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code} before it was ready: ${errors()}`));
    };
    child.once('exit', fail);
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end < 0) return;
      clearTimeout(timer);
      child.off('exit', fail);
      resolve(text.slice(0, end));
    });
  });
}
