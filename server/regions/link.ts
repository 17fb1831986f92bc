import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '../../platform/errors/error.ts';
import type { Append, Log, LogRecord } from '../../platform/log/port.ts';
import { lease_ms } from '../../platform/presence/port.ts';
import { type LinkedTopic, linkedTopics, type PeerLog } from '../../platform/regions/port.ts';
import type { Units } from '../../platform/units/port.ts';
import type { LinkMetrics } from './metrics.ts';

const batch = 500;
const wait_ms = 5000;
/** After a read that failed, and between looks at whether this process leads. */
const again_ms = 500;
/** How often it is asked how far the other region is ahead. */
const measure_ms = 5000;

export interface LinkPorts {
  peer: PeerLog;
  log: Log;
  units: Units;
  /** Of several processes of this region one reads. */
  leads(): boolean;
  /** What of a record this region takes over; does what belongs into the directory. Errors: it is tried again. */
  take(topic: LinkedTopic, record: LogRecord): Promise<Append | undefined>;
}

/**
 * Copies what this region needs of another one's log into region_records, each topic at its own pace; how far it has come
 * moves with what it appends. A link that is cut makes reads fail, and goes on where it stood.
 */
export class RegionLink {
  private readonly stop = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  private readonly positions = new Map<LinkedTopic, number[]>();
  private failing = false;
  private heardAt = 0;

  constructor(
    readonly region: number,
    private readonly ports: LinkPorts,
    private readonly metrics: LinkMetrics,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = Promise.all([...linkedTopics.map((topic) => this.follow(topic)), this.measure()]);
  }

  /** Whether the other region was heard of lately enough for what it said of people to count. */
  answers(): boolean {
    return Date.now() - this.heardAt < lease_ms;
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.ports.peer.close();
    await this.running;
  }

  private async follow(topic: LinkedTopic): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        if (this.ports.leads()) await this.readOn(topic);
        else this.positions.delete(topic);
      } catch (error) {
        if (this.stop.signal.aborted) return;
        this.failed(topic, error);
      }
      await this.pause(again_ms);
    }
  }

  private async readOn(topic: LinkedTopic): Promise<void> {
    let from = await this.begin(topic);
    while (this.ports.leads() && !this.stop.signal.aborted) {
      const read = await this.ports.peer.read(topic, from, batch, wait_ms);
      this.heard(topic, read.missed);
      if (topic === 'region_sends' && read.records.length > 0) await this.caughtUp();
      // Another process reads by now, and from where this one stood.
      if (!this.ports.leads()) return;
      const appends: Append[] = [];
      for (const record of read.records) {
        const append = await this.ports.take(topic, record);
        if (append) appends.push(append);
      }
      const offsets = read.next.map((offset, partition) => ({ consumer: this.consumer(topic), partition, offset }));
      const moved = offsets.filter(({ offset, partition }) => offset !== from[partition]);
      if (moved.length > 0) await this.ports.units.commit({ rows: [], appends, state: [], offsets: moved, folds: [] });
      from = read.next;
      this.positions.set(topic, from);
      this.metrics.taken.inc({ region: this.region, topic }, appends.length);
    }
  }

  /** Where it stood; at first from the first record that is kept, of statuses from now on. */
  private async begin(topic: LinkedTopic): Promise<number[]> {
    const bounds = await this.ports.peer.bounds(topic);
    const from = await Promise.all(
      bounds.map(async ({ start, end }, partition) => {
        const kept = await this.ports.units.offset(this.consumer(topic), partition);
        return kept ?? (topic === 'presence_changes' ? end : start);
      }),
    );
    this.positions.set(topic, from);
    return from;
  }

  /**
   * Resolves once what the other region did before now is taken: a send that waited there may be of no use any more, for
   * the home has moved and the sender has sent it again.
   */
  private async caughtUp(): Promise<void> {
    const bounds = await this.ports.peer.bounds('message_events');
    const behind = (): boolean => {
      const at = this.positions.get('message_events');
      return !at || bounds.some(({ end }, partition) => (at[partition] ?? 0) < end);
    };
    while (behind() && this.ports.leads() && !this.stop.signal.aborted) await this.pause(10);
  }

  private async measure(): Promise<void> {
    let since = Date.now();
    while (!this.stop.signal.aborted) {
      const at = this.positions.get('message_events');
      if (this.ports.leads() && at) {
        try {
          const bounds = await this.ports.peer.bounds('message_events');
          const lag = bounds.reduce((sum, { end }, partition) => sum + Math.max(0, end - (at[partition] ?? 0)), 0);
          this.metrics.lag.set({ region: this.region }, lag);
          if (lag === 0 && !this.failing) since = Date.now();
        } catch (error) {
          this.failed('message_events', error);
        }
        this.metrics.behind.set({ region: this.region }, (Date.now() - since) / 1000);
      }
      await this.pause(measure_ms);
    }
  }

  private heard(topic: LinkedTopic, missed: number): void {
    this.heardAt = Date.now();
    this.metrics.up.set({ region: this.region }, 1);
    if (missed > 0) {
      this.metrics.missed.inc({ region: this.region, topic }, missed);
      this.logger.error({ region: this.region, topic, missed }, 'records of the other region are gone unread');
    }
    if (!this.failing) return;
    this.failing = false;
    this.logger.warn({ region: this.region }, 'the link to the other region is there again');
  }

  private failed(topic: LinkedTopic, error: unknown): void {
    this.metrics.up.set({ region: this.region }, 0);
    const text = 'the link to the other region does not go on: it is tried again';
    if (this.failing) return;
    this.failing = true;
    this.logger.warn({ region: this.region, topic, error: messageOf(error) }, text);
  }

  private consumer(topic: LinkedTopic): string {
    return `region-${this.region}/${topic}`;
  }

  private async pause(ms: number): Promise<void> {
    // Ends early with the link, which is no failure.
    await sleep(ms, undefined, { signal: this.stop.signal, ref: false }).catch(() => undefined);
  }
}
