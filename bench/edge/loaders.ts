import { fileURLToPath } from 'node:url';
import { MeasuredProcess } from './process.ts';
import type { LoaderAnswer, LoaderOrder } from './socket-loader.ts';

/** Of one process, which may open no more files than a server may. */
const socketsOfOne = 15_000;

/** Processes that hold the sockets of one contender, each from a loopback address of its own. */
export class Loaders {
  private letInSoFar = 0;

  private constructor(
    private readonly processes: MeasuredProcess[],
    private readonly to: Pick<LoaderOrder, 'contender' | 'url'>,
    private readonly clients: string[][],
  ) {}

  static async start(to: Pick<LoaderOrder, 'contender' | 'url'>, clients: string[][]): Promise<Loaders> {
    const script = fileURLToPath(new URL('./socket-loader.ts', import.meta.url));
    const count = Math.max(2, Math.ceil(clients.length / socketsOfOne));
    const processes = await Promise.all(
      Array.from({ length: count }, () => MeasuredProcess.start(process.execPath, ['--import', 'tsx', script])),
    );
    return new Loaders(processes, to, clients);
  }

  /** The next so many clients, an equal part by each process. */
  async letIn(count: number): Promise<LoaderAnswer> {
    const answers = await Promise.all(
      this.processes.map((process, i) => {
        const [from, to] = [i, i + 1].map(
          (part) => this.letInSoFar + Math.floor((count * part) / this.processes.length),
        );
        const clients = this.clients.slice(from, to);
        return process.order({ ...this.to, address: `127.0.0.${2 + i}`, from, clients });
      }),
    );
    this.letInSoFar += count;
    const sum: LoaderAnswer = { greeted: {}, closed: 0 };
    for (const { greeted, closed } of answers.map((text) => JSON.parse(text) as LoaderAnswer)) {
      for (const [type, n] of Object.entries(greeted)) sum.greeted[type] = (sum.greeted[type] ?? 0) + n;
      sum.closed += closed;
    }
    return sum;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
  }
}
