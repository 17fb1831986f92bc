import type { Contender, How, Start } from './contenders.ts';
import type { RawSocket } from './raw-socket.ts';

/** A contender with all its clients on it, of whom some may have been cut off. */
export class Crowd {
  private readonly open: RawSocket[] = [];

  private constructor(
    readonly contender: Contender,
    private readonly clients: string[][],
  ) {}

  static async gather(start: Start, clients: string[][], how?: How): Promise<Crowd> {
    const crowd = new Crowd(await start(clients, how), clients);
    await crowd.complete();
    return crowd;
  }

  /** Lets those in again that are not connected. */
  async complete(): Promise<void> {
    const lacking = [...this.clients.keys()].filter((n) => !this.open[n] || this.open[n].closed);
    for (let at = 0; at < lacking.length; at += 100)
      await Promise.all(
        lacking.slice(at, at + 100).map(async (n) => {
          this.open[n] = await this.contender.connect(n, this.clients[n]!);
        }),
      );
  }

  get messages(): number {
    return this.open.reduce((sum, { messages }) => sum + messages, 0);
  }

  get closed(): number {
    return this.open.filter(({ closed }) => closed).length;
  }

  /** Resolves with the time (`performance.now()`) by which `wanted` messages had come, or no more came for half a second. */
  async came(wanted: number): Promise<number> {
    let [last, since] = [-1, performance.now()];
    for (;;) {
      const now = performance.now();
      const { messages } = this;
      if (messages !== last) [last, since] = [messages, now];
      if (messages >= wanted || now - since > 500) return since;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await this.contender.stop();
  }
}
