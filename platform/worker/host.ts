import { Worker } from 'node:worker_threads';
import { MillraceError, messageOf } from '../errors/error.ts';
import { importable } from '../modules/importable.ts';
import { type CallFrame, openId, type ReplyFrame, thrownFrom } from './frames.ts';
import type { Closable } from './serve.ts';

/** Names every method of the port but `close`; the compiler sees to it that none is missing. */
export type Methods<Port extends Closable> = { [Name in Exclude<keyof Port, 'close'>]: true };

export interface HostOptions<Port extends Closable> {
  /** For error texts, such as "directory". */
  name: string;
  /** The worker's module, which calls `serve`: `new URL('./x.worker.ts', import.meta.url)`. */
  module: URL;
  /** Structured-cloneable; what the worker's `open` is given. */
  data: unknown;
  methods: Methods<Port>;
  /** Milliseconds until a call fails as `unavailable`. Default 5,000. */
  deadline?: number;
  /** Milliseconds for opening and for closing, where migrations or a long log may have to be run. Default 60,000. */
  openDeadline?: number;
  /** Calls that may be unanswered at once, given up ones included; more are refused as `unavailable`. Default 10,000. */
  maxWaiting?: number;
  /** Told once when the thread ends without having been asked to. Every waiting and later call fails as `unavailable`. */
  onCrash: (error: MillraceError) => void;
}

export interface Hosted<Port extends Closable> {
  port: Port;
  /** Calls that wait for their answer now. */
  waiting(): number;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Starts a worker thread and resolves once it has opened; rejects with the error of its `open`. */
export async function host<Port extends Closable>(options: HostOptions<Port>): Promise<Hosted<Port>> {
  const thread = new Thread(options.name, options.maxWaiting ?? 10_000, options.onCrash);
  const openDeadline = options.openDeadline ?? 60_000;
  await thread.start(options.module, options.data, openDeadline);
  const deadline = options.deadline ?? 5_000;
  const port: { [name: string]: (...args: unknown[]) => Promise<unknown> } = {
    close: () => thread.close(openDeadline),
  };
  for (const method of Object.keys(options.methods)) {
    port[method] = (...args) => thread.call(method, args, deadline);
  }
  return { port: port as unknown as Port, waiting: () => thread.waiting.size };
}

class Thread {
  readonly waiting = new Map<number, Waiting>();
  private worker!: Worker;
  private lastId = openId;
  /** Frames that the worker has not answered, those whose caller gave up included: its queue is bounded by this. */
  private unanswered = 0;
  private opened = false;
  /** Why no further call is taken; null while the thread is well. */
  private ended: string | null = null;
  private closed: Promise<void> | undefined;
  private exited!: Promise<void>;

  constructor(
    private readonly name: string,
    private readonly maxWaiting: number,
    private readonly onCrash: (error: MillraceError) => void,
  ) {}

  async start(module: URL, data: unknown, deadline: number): Promise<void> {
    // Own execArgv: the parent's may hold test runner or loader options that a worker does not take.
    this.worker = new Worker(new URL('./start.mjs', import.meta.url), {
      execArgv: [],
      workerData: { module: importable(module).href, data },
      name: `millrace-${this.name}`,
    });
    this.exited = new Promise((resolve) => this.worker.once('exit', () => resolve()));
    const opened = this.wait(openId, deadline, 'open');
    this.worker.on('message', (frame: ReplyFrame) => this.settle(frame));
    this.worker.on('error', (error) => this.crash(messageOf(error), error));
    this.worker.on('exit', (code) => this.crash(`it exited with code ${code}`));
    try {
      await opened;
      this.opened = true;
    } catch (error) {
      this.ended ??= 'it did not open';
      this.worker.unref();
      throw error;
    }
  }

  call(method: string, args: unknown[], deadline: number): Promise<unknown> {
    if (this.ended !== null) return Promise.reject(this.unavailable(this.ended));
    if (this.unanswered >= this.maxWaiting) {
      return Promise.reject(this.unavailable(`${this.maxWaiting} calls wait for it already`));
    }
    return this.send(method, args, deadline);
  }

  /** Idempotent. Calls made before are answered first. */
  close(deadline: number): Promise<void> {
    this.closed ??= this.end(deadline);
    return this.closed;
  }

  private async end(deadline: number): Promise<void> {
    if (this.ended !== null) return;
    this.ended = 'it is closed';
    try {
      await this.send('close', [], deadline);
      await this.exited;
    } finally {
      // Not terminate(): libsql ends the whole process (a Rust panic) when its thread is torn away in the middle of a
      // call. A thread that has answered ends by itself; one that hangs must at least not keep the process alive.
      this.worker.unref();
    }
  }

  private send(method: string, args: unknown[], deadline: number): Promise<unknown> {
    const id = ++this.lastId;
    const answer = this.wait(id, deadline, method);
    const frame: CallFrame = { id, method, args, expires: Date.now() + deadline };
    try {
      this.worker.postMessage(frame);
      this.unanswered += 1;
    } catch (error) {
      // Something in args can't be cloned: the caller's mistake, so its own error.
      this.take(id)?.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return answer;
  }

  private wait(id: number, deadline: number, method: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.take(id)?.reject(this.unavailable(`${method} was not answered within ${deadline} ms`));
      }, deadline);
      this.waiting.set(id, { resolve, reject, timer });
    });
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    if (!waiting) return undefined;
    clearTimeout(waiting.timer);
    this.waiting.delete(id);
    return waiting;
  }

  private settle(frame: ReplyFrame): void {
    if (frame.id !== openId) this.unanswered -= 1;
    const waiting = this.take(frame.id);
    // A late answer: its caller has been told `unavailable` and is gone.
    if (!waiting) return;
    if ('error' in frame) waiting.reject(thrownFrom(frame.error));
    else waiting.resolve(frame.value);
  }

  private crash(reason: string, cause?: unknown): void {
    const expected = this.ended !== null || !this.opened;
    this.ended ??= `its thread ended: ${reason}`;
    for (const id of [...this.waiting.keys()]) this.take(id)?.reject(this.unavailable(this.ended, cause));
    if (!expected) this.onCrash(this.unavailable(this.ended, cause));
  }

  private unavailable(reason: string, cause?: unknown): MillraceError {
    return new MillraceError('unavailable', `${this.name}: ${reason}`, { retryAfter: 1, cause });
  }
}
