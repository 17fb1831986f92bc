import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { noEngines, type TestEngines, testEngines } from './engines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Generous: with eight processes on two cores a start takes half a minute. */
const startDeadline_ms = 90_000;
/** Longer than a server gives its units of work and its clients. */
const stopDeadline_ms = 60_000;

export const secret = 'a secret of the tests, with more than 32 bytes';

/** The real process, as `npm start` runs it, on a folder of its own. */
export class Server {
  private child: ChildProcess | undefined;
  private errors = '';
  /** Empty for a process that serves no clients. */
  url = '';

  private constructor(
    readonly folder: string,
    private env: { [name: string]: string },
    private readonly engines: TestEngines,
    private readonly command: string[],
  ) {}

  /** One process of several on engines that are there already: `command` is edge or run. */
  static async part(command: string[], env: { [name: string]: string }, deadline_ms?: number): Promise<Server> {
    const folder = await mkdtemp(`${tmpdir()}/millrace-part-`);
    const server = new Server(folder, env, noEngines, command);
    await server.run('0', deadline_ms);
    return server;
  }

  /** On a free port. `env` adds settings; the rate limit is off unless it says otherwise. `prepare` fills the folder. */
  static async start(
    env: { [name: string]: string } = {},
    prepare?: (folder: string) => Promise<void>,
  ): Promise<Server> {
    const folder = await mkdtemp(`${tmpdir()}/millrace-contract-`);
    const server = new Server(folder, env, testEngines(folder), ['dev']);
    await prepare?.(server.folder);
    await server.engines.make();
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

  /** SIGSTOP: alive, and doing nothing until `resume`. */
  pause(): void {
    this.child!.kill('SIGSTOP');
  }

  resume(): void {
    this.child!.kill('SIGCONT');
  }

  /** Again on the same folder and the same port; `env` changes settings. */
  async restart(env?: { [name: string]: string }): Promise<void> {
    if (env) this.env = { ...this.env, ...env };
    await this.run(this.url ? new URL(this.url).port : '0');
  }

  /** SIGTERM. Resolves with the exit code. Throws where the process does not end, and kills it. */
  async terminate(): Promise<number | null> {
    const child = this.child!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), stopDeadline_ms);
    const [code, signal] = (await gone) as [number | null, string | null];
    clearTimeout(late);
    if (signal === 'SIGKILL') throw new Error(`the server did not stop within ${stopDeadline_ms} ms: ${this.errors}`);
    return code;
  }

  /** Ends the process and removes its folder. Throws if the process had crashed: a test must not pass over that. */
  async stop(): Promise<void> {
    await this.terminate();
    await this.engines.drop();
    await rm(this.folder, { recursive: true, force: true });
    const signal = this.child!.signalCode;
    if (signal !== null && signal !== 'SIGKILL' && signal !== 'SIGTERM') {
      throw new Error(`the server was ended by ${signal}: ${this.errors}`);
    }
  }

  private async run(port: string, deadline_ms = startDeadline_ms): Promise<void> {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_') && name !== 'NODE_OPTIONS'),
    );
    const child = spawn(process.execPath, ['cli/bin.mjs', ...this.command, '--json'], {
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
        ...this.engines.settings,
        ...this.env,
        PORT: port,
      },
    });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    const line = await firstLine(child, deadline_ms, () => this.errors);
    this.url = (JSON.parse(line) as { url: string | null }).url ?? '';
  }
}

async function firstLine(child: ChildProcess, deadline_ms: number, errors: () => string): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start in time: ${errors()}`));
    }, deadline_ms);
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

/** Where clients go: a server, or several of which any will do. */
export type Front = Pick<Server, 'url' | 'socketUrl'>;
