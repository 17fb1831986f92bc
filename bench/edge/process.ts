import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';

/** A server under measure: a process that prints its address, then takes orders as lines of JSON, and tells when each is done. */
export class MeasuredProcess {
  private readonly lines: Interface;
  private readonly waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];

  private constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout! });
    this.lines.on('line', (line) => {
      if (line.startsWith('{')) this.waiting.shift()?.resolve(line);
    });
    child.once('exit', (code) => {
      for (const { reject } of this.waiting) reject(new Error(`a server ended with ${code}`));
    });
    // A bench that fails must not leave its servers behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
  }

  url = '';

  /** `core`: the only one that any of its threads may run on. */
  static async start(
    command: string,
    args: string[],
    env: { [name: string]: string } = {},
    core?: number,
  ): Promise<MeasuredProcess> {
    const [own, all] = core === undefined ? [command, args] : ['taskset', ['-c', String(core), command, ...args]];
    const child = spawn(own, all, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
    const started = new MeasuredProcess(child);
    started.url = (JSON.parse(await started.line()) as { url: string }).url;
    return started;
  }

  /** Resolves with what it says once it has done it. */
  order(order: object): Promise<string> {
    this.child.stdin!.write(`${JSON.stringify(order)}\n`);
    return this.line();
  }

  /** User and system CPU of all its threads so far, in seconds; utime and stime in ticks of 10 ms (proc(5)). */
  cpu(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Resident memory in bytes. */
  rss(): number {
    return this.memory('VmRSS');
  }

  /** That part of it which is the process's own, and not a mapped file's (the store's, which other processes share and the system takes back). */
  ownRss(): number {
    return this.memory('RssAnon');
  }

  private memory(field: string): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)![1]) * 1024;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.kill('SIGTERM');
      setTimeout(() => this.child.kill('SIGKILL'), 10_000).unref();
    });
  }

  private line(): Promise<string> {
    return new Promise((resolve, reject) => void this.waiting.push({ resolve, reject }));
  }
}
