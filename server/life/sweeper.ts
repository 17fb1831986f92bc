import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { MillraceError, messageOf } from '../../platform/errors/error.ts';
import { erasePeople } from './erasure.ts';
import { Holds } from './holds.ts';
import type { LifeParts, Swept } from './parts.ts';
import { removeTrimmed, trimExpired } from './retention.ts';

/** How soon after a start. */
const first_ms = 30_000;
const counted = {
  trimmed: 'Channels whose history retention had begin later.',
  removed: 'Messages whose rows retention removed.',
  objects: 'Archive objects made anew, or removed, for what is no longer kept.',
  rewritten: 'Messages out of which someone was taken who is to be erased.',
  erased: 'People who were erased.',
} as const;

/**
 * Takes what is no longer kept: what retention says, and who is to be erased. Two at
 * once would do no harm; `leads` keeps to one of several processes.
 */
export class Sweeper {
  private running = false;
  private readonly stopped = new AbortController();
  private underWay: Promise<void> = Promise.resolve();
  private readonly counters: { [name in keyof typeof counted]: Counter };
  private readonly waiting: Gauge;
  private readonly failures: Counter;

  constructor(
    private readonly parts: LifeParts,
    private readonly leads: () => boolean,
    registry: Registry,
    private readonly logger: Logger,
  ) {
    const registers = [registry];
    const counter = (name: keyof typeof counted): Counter =>
      new Counter({ name: `millrace_sweep_${name}_total`, help: counted[name], registers });
    this.counters = {
      trimmed: counter('trimmed'),
      removed: counter('removed'),
      objects: counter('objects'),
      rewritten: counter('rewritten'),
      erased: counter('erased'),
    };
    this.waiting = new Gauge({
      name: 'millrace_sweep_erasures_waiting',
      help: 'People who are to be erased and were not yet at the last sweep.',
      registers,
    });
    this.failures = new Counter({ name: 'millrace_sweep_failures_total', help: 'Sweeps that failed.', registers });
  }

  /** Sweeps each `every_ms`, where this process leads, until `stop`. */
  start(every_ms: number): void {
    this.underWay = this.loop(every_ms);
  }

  /** Yields what was done so far. Error: `conflict` while another run is under way here. */
  async *run(signal: AbortSignal): AsyncGenerator<Swept> {
    if (this.running) throw new MillraceError('conflict', 'a sweep is under way already: wait for it to end');
    this.running = true;
    const either = AbortSignal.any([signal, this.stopped.signal]);
    const done: Swept = { trimmed: 0, held: 0, removed: 0, objects: 0, rewritten: 0, erased: 0, waiting: 0 };
    try {
      const holds = new Holds(this.parts.directory, this.parts.store);
      for (const step of [erasePeople, trimExpired, removeTrimmed])
        for await (const so of step(this.parts, holds, done, either)) yield { ...so };
      yield { ...done };
      this.waiting.set(done.waiting);
    } finally {
      this.running = false;
      for (const name of Object.keys(counted) as (keyof typeof counted)[]) this.counters[name].inc(done[name]);
    }
  }

  /** Resolves once a run that the timer began has ended. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.underWay;
  }

  private async loop(every_ms: number): Promise<void> {
    for (let pause_ms = Math.min(first_ms, every_ms); await this.pause(pause_ms); pause_ms = every_ms)
      if (this.leads()) await this.once();
  }

  /** False once this ends. */
  private async pause(ms: number): Promise<boolean> {
    try {
      await sleep(ms, undefined, { signal: this.stopped.signal, ref: false });
      return true;
    } catch {
      // Aborted, which is all that it can throw.
      return false;
    }
  }

  private async once(): Promise<void> {
    try {
      let last: Swept | undefined;
      for await (const done of this.run(this.stopped.signal)) last = done;
      if (last && Object.values(last).some((count) => count > 0)) this.logger.info({ ...last }, 'swept');
    } catch (error) {
      this.failures.inc();
      this.logger.warn({ error: messageOf(error) }, 'what is no longer kept could not be swept: tried again later');
    }
  }
}
