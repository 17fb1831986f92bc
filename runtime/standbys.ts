import type { Logger } from 'pino';
import { messageOf } from '../platform/errors/error.ts';
import type { Version } from './deployment/deployments.ts';
import type { Share } from './sharing/port.ts';
import { unobserved } from './task/observer.ts';
import type { TaskPorts } from './task/ports.ts';
import { Task } from './task/task.ts';

/** How often a standby takes what has come: all at the same moments, so that the log asks its brokers about them together. */
const every_ms = 1000;

interface Standby {
  version: Version;
  life: AbortController;
  ended: Promise<void>;
}

/**
 * Keeps the states of partitions that run elsewhere: each is made of its topic here, too, so that this process can go on from
 * the topic's end and not from its start. What it makes is the same that a task makes when it begins.
 */
export class Standbys {
  private readonly kept = new Map<string, Standby>();

  constructor(
    private readonly ports: TaskPorts,
    private readonly logger: Logger,
  ) {}

  /** Keeps those that the shares say, each at its wanted version, and no others: resolves once what is kept no more has ended. */
  async only(shares: ReadonlyMap<string, Share>, wanted: (topology: string) => Version | undefined): Promise<void> {
    const ending: Promise<void>[] = [];
    for (const [place, { version, life, ended }] of this.kept) {
      const [topology, partition] = place.split('/') as [string, string];
      const stays =
        shares.get(topology)?.ready.includes(Number(partition)) && wanted(topology)?.since === version.since;
      if (stays) continue;
      this.kept.delete(place);
      life.abort();
      ending.push(ended);
    }
    await Promise.all(ending);
    for (const [topology, { ready }] of shares) {
      const version = wanted(topology);
      if (!version || !hasStates(version)) continue;
      for (const partition of ready) if (!this.kept.has(`${topology}/${partition}`)) this.begin(version, partition);
    }
  }

  async stop(): Promise<void> {
    await this.only(new Map(), () => undefined);
  }

  private begin(version: Version, partition: number): void {
    const life = new AbortController();
    const place = `${version.topology}/${partition}`;
    this.kept.set(place, { version, life, ended: this.keepUp(version, partition, life.signal) });
  }

  private async keepUp({ plan, generation, since: deployment }: Version, partition: number, signal: AbortSignal) {
    const { clock } = this.ports;
    const options = { plan, partition, generation, deployment, standby: true };
    let task: Task | undefined;
    do {
      try {
        task ??= new Task(options, this.ports, unobserved);
        await task.restore(signal);
      } catch (error) {
        // Whoever takes over without it takes longer, no more.
        this.logger.warn({ topology: plan.name, partition, error: messageOf(error) }, 'a standby waits');
        task = undefined;
      }
    } while (await clock.sleep(every_ms - (clock.now() % every_ms), signal));
  }
}

function hasStates({ plan }: Version): boolean {
  return plan.nodes.some((node) => node.kind === 'processor' && node.state);
}
